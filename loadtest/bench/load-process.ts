import { readFrames } from './frames-file.ts';
import { type LoadPlan, runLoad } from './load.ts';

/** A plan as the parent sends it: the frames are in a file. */
interface WirePlan extends Omit<LoadPlan, 'frames'> {
  readonly framesFile: string;
}

process.on('message', (plan: WirePlan) => {
  runLoad({ ...plan, frames: readFrames(plan.framesFile) }).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
