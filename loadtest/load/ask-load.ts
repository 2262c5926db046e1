import type { ChildPeer } from './child-peer.ts';
import type { LoadPlan, LoadResult } from './load.ts';

/** A plan as it goes to the load process: the frames are in a file. */
export interface WireLoadPlan extends Omit<LoadPlan, 'frames'> {
  readonly framesFile: string;
}

/** Lets the load process run one round. */
export async function askLoad(
  load: ChildPeer,
  plan: WireLoadPlan,
  signal: AbortSignal,
): Promise<LoadResult> {
  const { result } = (await load.ask(plan, signal)) as { readonly result: LoadResult };
  return result;
}
