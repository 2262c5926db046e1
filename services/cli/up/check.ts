import { durationMs } from '../../shared/kernel/units.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import type { CommandContext } from '../command-context.ts';
import { percentile } from '../percentile.ts';
import { ReplayTally } from '../replay/replay-tally.ts';
import { connectMesh, type MeshConnection } from '../rpc/connect-mesh.ts';
import type { CheckedLift, CheckReport } from './check-report.ts';
import { runReplay } from './replay.ts';
import type { RunningMesh } from './running-mesh.ts';
import { showStep } from './step-progress.ts';

const pollMs = durationMs(250);
/** The monitor has everything within a second or two of the last answer; audits wait for a scan of the warehouse. */
const settledMsMax = 60_000;
/** The log of a month is read for it. */
const liftMs = durationMs(60_000);
/** A shadow that failed has no pair, so their number alone does not say that all have answered. */
const pairsQuietMs = 2_000;

/** Replays at full speed and gives what was measured. */
export async function runCheck(
  running: RunningMesh,
  telemetry: Telemetry,
  context: CommandContext,
): Promise<CheckReport> {
  const tally = new ReplayTally();
  using connection = connectMesh(running.addresses, context.clock, running.tls?.client);
  const model = Object.keys(running.mesh.models)[0] ?? '';
  // What was asked before, such as requests of the past for the release, is no part of the check.
  const before = await connection.monitor.getSummary({ model }, { signal: context.signal });
  const { fromMs = 0, untilMs = 0 } = running.mesh.replay ?? {};
  await showStep('replay', context, async (report) => {
    await runReplay(
      running,
      {
        speed: 0,
        clock: context.clock,
        tally,
        telemetry,
        onProgress: (virtualMs) =>
          report(
            (virtualMs - fromMs) / (untilMs - fromMs),
            `${new Date(virtualMs).toISOString().slice(0, 10)}, ${tally.predictions} predictions`,
          ),
      },
      context.signal,
    );
    return `${tally.predictions} predictions, ${tally.errors} errors`;
  });
  if (tally.lastError !== '') context.output.err(`! last error: ${tally.lastError}\n`);
  const wanted = before.predictions + tally.latenciesMs.length;
  await showStep('settle', context, () => settle(connection, model, wanted, context));
  await telemetry.flush();
  return report(connection, { model, tally, before }, context);
}

/** Waits until the monitor has every prediction and has audited its sample, and no shadow has answered for a while. */
async function settle(
  connection: MeshConnection,
  model: string,
  predictions: number,
  { clock, signal }: CommandContext,
): Promise<string> {
  const startedMs = clock.monotonic();
  let pairs = { count: -1, sinceMs: startedMs };
  for (;;) {
    const summary = await connection.monitor.getSummary({ model }, { signal });
    const now = clock.monotonic();
    if (summary.shadowPairs !== pairs.count) pairs = { count: summary.shadowPairs, sinceMs: now };
    const isSettled =
      summary.predictions >= predictions &&
      summary.parityPending === 0 &&
      (summary.shadowPairs >= summary.shadowExpected || now - pairs.sinceMs > pairsQuietMs);
    if (isSettled || now - startedMs > settledMsMax) {
      return `${summary.predictions} logged, ${summary.shadowPairs} pairs, ${summary.parityChecked} audited`;
    }
    await clock.sleep(pollMs, signal);
  }
}

interface Checked {
  readonly model: string;
  readonly tally: ReplayTally;
  /** What the monitor had before. */
  readonly before: { readonly shadowPairs: number; readonly shadowExpected: number };
}

async function report(
  connection: MeshConnection,
  { model, tally, before }: Checked,
  { signal }: CommandContext,
): Promise<CheckReport> {
  const summary = await connection.monitor.getSummary({ model }, { signal });
  const pairs = summary.shadowPairs - before.shadowPairs;
  const expected = summary.shadowExpected - before.shadowExpected;
  const control = tally.control;
  const answered = tally.latenciesMs.length - control;
  const { processes, threads } = await widestTrace(connection, tally, signal);
  return {
    predictions: tally.predictions,
    errors: tally.errors,
    tiers: {
      model: tally.tiers.model / answered,
      fallback: tally.tiers.fallback / answered,
      rules: tally.tiers.rules / answered,
    },
    control: control / tally.latenciesMs.length,
    auc: summary.auc,
    // The control cohort has no row that a shadow could be shown.
    shadow_pairs: expected === 0 ? 0 : pairs / Math.max(answered, expected),
    lift: control === 0 ? null : await measuredLift(connection, model, signal),
    parity_checked: summary.parityChecked,
    parity_mismatches: summary.parityMismatches,
    p50_ms: rounded(percentile(tally.latenciesMs, 0.5)),
    p99_ms: rounded(percentile(tally.latenciesMs, 0.99)),
    trace_processes: processes,
    trace_threads: threads,
  };
}

async function measuredLift(
  { monitor }: MeshConnection,
  model: string,
  signal: AbortSignal,
): Promise<CheckedLift | null> {
  const found = await monitor.getLift({ model }, { signal, timeoutMs: liftMs });
  const { lift, lower, upper, varianceLeft, sampleRatioPValue, modelCohort, controlCohort } = found;
  if (modelCohort === null || controlCohort === null) return null;
  return {
    estimate: lift,
    lower: Number.isFinite(lower) ? lower : null,
    upper: Number.isFinite(upper) ? upper : null,
    variance_left: varianceLeft,
    sample_ratio_p: sampleRatioPValue,
    model_outcomes: modelCohort.labelled,
    control_outcomes: controlCohort.labelled,
  };
}

/** Gives what the last traced predictions crossed: of one trace, the one that crossed most. */
async function widestTrace(
  connection: MeshConnection,
  tally: ReplayTally,
  signal: AbortSignal,
): Promise<{ readonly processes: number; readonly threads: number }> {
  let widest = { processes: 0, threads: 0 };
  for (const traceId of tally.sampledTraces.slice(-10)) {
    const { spans } = await connection.monitor.getTrace({ traceId }, { signal });
    const processes = new Set(spans.map(({ processId }) => processId)).size;
    const threads = new Set(spans.map(({ processId, threadId }) => `${processId}/${threadId}`))
      .size;
    if (threads > widest.threads) widest = { processes, threads };
  }
  return widest;
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
