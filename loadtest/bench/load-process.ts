import { readFileSync } from 'node:fs';
import { type LoadPlan, runLoad } from './load.ts';

/** A plan as the parent sends it: the frames are in a file, each after its 4-byte little-endian length. */
interface WirePlan extends Omit<LoadPlan, 'frames'> {
  readonly framesFile: string;
}

function readFrames(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const frames: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = bytes.readUInt32LE(offset);
    frames.push(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return frames;
}

process.on('message', (plan: WirePlan) => {
  runLoad({ ...plan, frames: readFrames(plan.framesFile) }).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
