import { connect, type MeshClient } from '../../client/mesh-client.ts';
import type { SourcePlan } from '../../shared/compute/plan.ts';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import type { ReplayPlan } from '../../shared/definition/replay.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import { exampleRequest, labelFunction } from '../replay/example-request.ts';
import { type ReplayAnswer, ReplayDriver, type ReplayOutcome } from '../replay/replay-driver.ts';
import type { ReplayTally } from '../replay/replay-tally.ts';
import type { SourceRows } from '../replay/source-rows.ts';
import { connectMesh } from '../rpc/connect-mesh.ts';
import { IngestStream } from '../rpc/ingest-stream.ts';
import { readSource } from '../rpc/source-stream.ts';
import type { RunningMesh } from './running-mesh.ts';

/** How a replay runs. */
export interface ReplayRun {
  /** Virtual time for each real time; 0 means as fast as it goes. */
  readonly speed: number;
  /** Told how far virtual time has come, epoch ms. */
  readonly onProgress: (virtualMs: number) => void;
  readonly clock: Clock;
  readonly tally: ReplayTally;
  /** Takes the caller's own spans. */
  readonly telemetry: Telemetry;
}

/** Predictions under way at once: enough to keep every service busy, few enough that a queue is no part of their latency. */
const inFlightMax = 4;
/** A router restarts within 3 s; the caller's retries bridge that. */
const predictMs = 10_000;
/** Every so-many-th prediction is traced from the caller on. */
const traceEvery = 200;
const outcomeRetryMs = durationMs(250);

/**
 * Replays the past that the mesh names against its services, to its end or until `signal` aborts.
 * @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when the mesh names none
 */
export async function runReplay(
  running: RunningMesh,
  run: ReplayRun,
  signal: AbortSignal,
): Promise<void> {
  const { plan, source, model } = replayedParts(running);
  using connection = connectMesh(running.addresses, run.clock, running.tls?.client);
  const { router, monitor } = running.addresses;
  const client = connect({
    router,
    monitor: monitor[0],
    timeoutMs: predictMs,
    tls: running.tls?.settings,
  });
  const ingest = new IngestStream(connection, source.name, run.clock, signal);
  const interval = { source: source.name, fromMs: plan.fromMs, untilMs: plan.untilMs };
  const caller = new ReplayCaller(client, model, source, run);
  const driver = new ReplayDriver(
    {
      clock: run.clock,
      events: readSource(connection, { ...interval, order: 'SOURCE_ORDER_VISIBLE_TIME' }, signal),
      examples: readSource(connection, { ...interval, order: 'SOURCE_ORDER_EVENT_TIME' }, signal),
      ingest: (rows) => ingest.ingest(rows),
      predict: (rows, index) => caller.predict(rows, index, signal),
      recordOutcomes: (outcomes) => caller.recordOutcomes(outcomes, signal),
      onProgress: run.onProgress,
    },
    {
      fromMs: plan.fromMs,
      untilMs: plan.untilMs,
      visibleAfterMs: source.visibleAfterMs,
      predictEvery: plan.predictEvery,
      eventTime: source.eventTime,
      labelOf: labelFunction(model, source),
      inFlightMax,
      speed: run.speed,
    },
  );
  try {
    await driver.run(signal);
  } finally {
    ingest.close();
    client.close();
  }
}

interface ReplayedParts {
  readonly plan: ReplayPlan;
  readonly source: SourcePlan;
  readonly model: MeshModel;
}

function replayedParts({ mesh }: RunningMesh): ReplayedParts {
  const plan = mesh.replay;
  const source = mesh.sources.find(({ name }) => name === plan?.source);
  const model = Object.values(mesh.models).find(
    ({ pipeline }) => pipeline.examples === plan?.source,
  );
  if (plan !== undefined && source !== undefined && model !== undefined)
    return { plan, source, model };
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `mesh '${mesh.name}' names no past to replay; add \`replay\` with a source that a model learns from, or start with --no-replay`,
  });
}

/** Asks for predictions as a service of its own would, and records what came of them. */
class ReplayCaller {
  readonly #client: MeshClient;
  readonly #model: MeshModel;
  readonly #eventTime: string;
  readonly #run: ReplayRun;
  #asked = 0;

  constructor(client: MeshClient, model: MeshModel, source: SourcePlan, run: ReplayRun) {
    this.#client = client;
    this.#model = model;
    this.#eventTime = source.eventTime;
    this.#run = run;
  }

  async predict(
    rows: SourceRows,
    index: number,
    signal: AbortSignal,
  ): Promise<ReplayAnswer | undefined> {
    const { clock, tally, telemetry } = this.#run;
    const isTraced = this.#asked++ % traceEvery === 0;
    const trace = isTraced
      ? { traceId: telemetry.ids.newTraceId(), spanId: telemetry.ids.newSpanId(), isSampled: true }
      : undefined;
    const request = exampleRequest(this.#model, this.#eventTime, rows, index);
    const startedAt = clock.monotonic();
    try {
      const prediction = await this.#client.predict(this.#model.name, request, {
        signal,
        ...(trace === undefined ? {} : { trace }),
      });
      const endedAt = clock.monotonic();
      tally.answered(prediction, endedAt - startedAt);
      if (trace !== undefined) {
        tally.sampledTraces.push(trace.traceId);
        telemetry.spans.record({
          traceId: trace.traceId,
          spanId: trace.spanId,
          name: 'client predict',
          kind: 'client',
          startEpochMs: telemetry.spanClock.epochOf(startedAt),
          endEpochMs: telemetry.spanClock.epochOf(endedAt),
          attributes: {
            'mlmesh.model': this.#model.name,
            'mlmesh.prediction_id': prediction.predictionId,
          },
        });
      }
      return { predictionId: prediction.predictionId, score: prediction.score };
    } catch (error) {
      if (signal.aborted) return undefined;
      tally.failed(messageOf(error));
      return undefined;
    }
  }

  /** Resolves when the outcomes are durable, with what they were worth to the business; a monitor that is away is waited for. */
  async recordOutcomes(outcomes: readonly ReplayOutcome[], signal: AbortSignal): Promise<void> {
    const { businessValue, policy } = this.#model;
    const inputs = outcomes.map(({ predictionId, score, label, observedMs }) => {
      const isActedOn = score >= policy.threshold;
      const worth = businessValue?.({ probability: score, isActedOn, outcome: label });
      return {
        predictionId,
        label,
        observedAt: new Date(observedMs),
        ...(worth === undefined ? {} : { businessValue: worth }),
      };
    });
    for (;;) {
      signal.throwIfAborted();
      try {
        await this.#client.recordOutcomes(inputs);
        return;
      } catch (error) {
        if (!(error instanceof MeshError) || !isAway(error)) throw error;
        await this.#run.clock.sleep(outcomeRetryMs, signal);
      }
    }
  }
}

function isAway({ code }: MeshError): boolean {
  return code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED';
}
