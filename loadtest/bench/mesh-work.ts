import type { MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import type { GetSummaryResponse__Output } from '../../services/gen/mlmesh/monitor/v1/GetSummaryResponse.ts';
import type { TierCount__Output } from '../../services/gen/mlmesh/monitor/v1/TierCount.ts';
import type { Clock } from '../../services/shared/kernel/clock.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';

/** What the monitor says that a mesh did, from one moment to another. */
export interface MeshWork {
  /** Predictions that were logged. */
  readonly logged: number;
  /** Logged predictions by the tier that answered. */
  readonly model: number;
  readonly fallback: number;
  readonly rules: number;
  /** Logged predictions that a shadow was to answer as well; the others had no row to show it. */
  readonly shadowExpected: number;
  readonly shadowPairs: number;
  /** Records that the router dropped rather than delay an answer. */
  readonly dropped: number;
}

/** The part of the monitor's summary that is read here. */
interface Summary
  extends Pick<
    GetSummaryResponse__Output,
    'predictions' | 'shadowPairs' | 'shadowExpected' | 'parityPending' | 'dropped'
  > {
  readonly tiers: readonly Pick<TierCount__Output, 'tier' | 'count'>[];
}

const pollMs = durationMs(100);
/** Nothing new for so long: what is missing by then was dropped. */
const quietMs = 1_500;
const settledMsMax = 30_000;

/** Gives what a mesh did between two summaries. */
export function workBetween(before: Summary, after: Summary): MeshWork {
  const tier = (name: string) => countOf(after, name) - countOf(before, name);
  return {
    logged: after.predictions - before.predictions,
    model: tier('TIER_MODEL'),
    fallback: tier('TIER_FALLBACK'),
    rules: tier('TIER_RULES'),
    shadowExpected: after.shadowExpected - before.shadowExpected,
    shadowPairs: after.shadowPairs - before.shadowPairs,
    dropped: after.dropped - before.dropped,
  };
}

function countOf({ tiers }: Summary, name: string): number {
  return tiers.reduce((sum, { tier, count }) => sum + (tier === name ? count : 0), 0);
}

/**
 * Resolves with the monitor's summary when it has `predictions` more than `before`, their shadow answers and its audits, so that
 * nothing of a round is left to be done in the next; or when nothing has come for a while.
 */
export async function settledSummary(
  connection: MeshConnection,
  model: string,
  wanted: { readonly before: Summary; readonly predictions: number },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<GetSummaryResponse__Output> {
  const startedAt = clock.monotonic();
  let changedAt = startedAt;
  let last = '';
  for (;;) {
    const summary = await connection.monitor.getSummary({ model }, { signal });
    const now = clock.monotonic();
    const { predictions, shadowPairs, shadowExpected, parityPending } = summary;
    const isComplete =
      predictions - wanted.before.predictions >= wanted.predictions &&
      shadowPairs >= shadowExpected &&
      parityPending === 0;
    const state = [predictions, shadowPairs, parityPending].join();
    if (state !== last) changedAt = now;
    last = state;
    if (isComplete || now - changedAt > quietMs || now - startedAt > settledMsMax) return summary;
    await clock.sleep(pollMs, signal);
  }
}
