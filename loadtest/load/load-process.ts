import type { WireLoadPlan } from './ask-load.ts';
import { readFrames } from './frames-file.ts';
import { runLoad } from './load.ts';

process.on('message', (plan: WireLoadPlan) => {
  runLoad({ ...plan, frames: readFrames(plan.framesFile) }).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
