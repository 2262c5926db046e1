import { randomUUID } from 'node:crypto';
import type { PredictResponse__Output } from '../gen/mlmesh/router/v1/PredictResponse.ts';
import type { PredictStreamResponse__Output } from '../gen/mlmesh/router/v1/PredictStreamResponse.ts';
import { codes } from '../shared/kernel/code.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { TraceContext } from '../shared/kernel/trace-context.ts';
import { durationMs } from '../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../shared/platform/grpc/client.ts';
import { decodeBatchError } from '../shared/platform/grpc/status.ts';
import { type ClientTlsOptions, openClientTls } from '../shared/platform/grpc/tls/client-tls.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { type FeatureInput, toValue } from './to-value.ts';

/** How a client reaches a mesh. */
export interface ConnectOptions {
  /** Addresses (`host:port`) of the routers; a call goes to one that is up. */
  readonly router: string | readonly string[];
  /** Address of the monitor, which takes outcomes; needed for `recordOutcomes` alone. */
  readonly monitor?: string;
  /** Longest duration of a call, retries included, in ms. Default: 5,000. */
  readonly timeoutMs?: number;
  /** For a mesh with TLS: paths of PEM files, which are followed when they change, or a bearer token. Plain text without it. */
  readonly tls?: ClientTlsOptions | undefined;
}

/** What one prediction is asked with. */
export interface PredictInput {
  /** Entity keys by join key. */
  readonly entities: Readonly<Record<string, string>>;
  /** Request features by name. */
  readonly features: Readonly<Record<string, FeatureInput>>;
  /** Time of the prediction; only in a mesh that runs on a virtual clock. */
  readonly at?: Date;
}

/** How one call differs from the client's defaults. */
export interface PredictOptions {
  /** Longest duration, retries included, in ms. */
  readonly timeoutMs?: number;
  /** Ends the call with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** The caller's own span, under which the mesh's spans hang. */
  readonly trace?: TraceContext;
  /** Who is refused last when more is asked than can be answered. Default: `normal`. */
  readonly priority?: 'high' | 'normal' | 'low';
}

/** One answer of a stream. */
export interface StreamedPrediction {
  /** Which request it answers, from 0. */
  readonly index: number;
  /** The prediction, or why there is none; the stream goes on after an error. */
  readonly result: Prediction | MeshError;
}

/** One prediction. */
export interface Prediction {
  /** Id to record the outcome by. */
  readonly predictionId: string;
  /** First output of the model. */
  readonly score: number;
  readonly outputs: readonly number[];
  /** Who answered. */
  readonly tier: 'model' | 'fallback' | 'rules';
  /** Version that answered; 0 for the rules. */
  readonly version: number;
  /** The part that whoever was to answer plays for this entity; `control` is what the policy holds the model against. */
  readonly role: 'production' | 'canary' | 'control';
  /** Tiers that did not answer, and why. */
  readonly skipped: readonly { readonly tier: string; readonly reason: string }[];
  /** Features that stood at their default. */
  readonly defaultedFeatures: readonly string[];
  /** Why the rules answered so; empty for the other tiers. */
  readonly because: string;
  /** Milliseconds in the router. */
  readonly latencyMs: number;
  readonly traceId: string;
}

/** What came of a prediction. */
export interface OutcomeInput {
  readonly predictionId: string;
  /** Such as 1 for late and 0 for on time. */
  readonly label: number;
  /** When it was observed. Default: now. */
  readonly observedAt?: Date;
  /** What it was worth to the business, in any unit. Default: as the mesh file's `businessValue` says. */
  readonly businessValue?: number;
}

/** A connection to a mesh. Close it when it is no longer needed. */
export interface MeshClient {
  /**
   * Gives one prediction. It is safe to retry, and is retried on another router or after a restart within its time.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; INVALID_ARGUMENT / ENTITY_MISSING, ENTITY_INVALID, REQUEST_FEATURE_MISSING,
   *   REQUEST_FEATURE_INVALID, REQUEST_FEATURE_UNKNOWN; DEADLINE_EXCEEDED / DEADLINE_PASSED; UNAVAILABLE / PEER_UNAVAILABLE;
   *   RESOURCE_EXHAUSTED / OVERLOADED, whose `retry` says when to ask again
   */
  predict(model: string, input: PredictInput, options?: PredictOptions): Promise<Prediction>;
  /**
   * Gives predictions over one stream, as they are ready. Reading slowly slows the sending down. `timeoutMs` is that of each prediction; the stream itself lasts
   * until its inputs end, or until `signal`.
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when the stream breaks: nobody knows then which of the others were answered
   */
  predictStream(
    model: string,
    inputs: Iterable<PredictInput> | AsyncIterable<PredictInput>,
    options?: PredictOptions,
  ): AsyncIterable<StreamedPrediction>;
  /** Records what came of predictions, at most 1,024; durable when it resolves. The same outcome again changes nothing. */
  recordOutcomes(outcomes: readonly OutcomeInput[]): Promise<{ readonly recorded: number }>;
  close(): void;
}

/** Generous against a restart of the router, which takes up to 3 s; a caller in a hurry says so. */
const timeoutMsDefault = 5_000;

/**
 * Connects to a mesh. Nothing is sent before the first call; a mesh that is down shows there.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when an address is none, or a file of `tls` is missing or does not fit.
 */
export function connect(options: ConnectOptions | string): MeshClient {
  const settings = typeof options === 'string' ? { router: options } : options;
  const timeoutMs = durationMs(settings.timeoutMs ?? timeoutMsDefault);
  const tls = settings.tls && openClientTls(settings.tls);
  const connection = { clock: systemClock, timeoutMs, tls };
  const routers = typeof settings.router === 'string' ? [settings.router] : settings.router;
  const router = connectService('mlmesh.router.v1.RouterService', routers, connection);
  const monitor =
    settings.monitor === undefined
      ? undefined
      : connectService('mlmesh.monitor.v1.MonitorService', [settings.monitor], connection);
  return {
    async predict(model, input, call = {}) {
      const request = { ...toRequest(model, input, call), requestId: randomUUID() };
      const response = await router.predict(request, {
        signal: call.signal,
        trace: call.trace,
        isUrgent: call.priority === 'high',
        ...(call.timeoutMs === undefined ? {} : { timeoutMs: durationMs(call.timeoutMs) }),
      });
      return toPrediction(response);
    },
    async *predictStream(model, inputs, call = {}) {
      const requests = numbered(inputs, (input) => ({
        ...toRequest(model, input, call),
        timeoutMs: call.timeoutMs ?? timeoutMs,
      }));
      const { signal, trace } = call;
      for await (const answer of router.predictStream(requests, { signal, trace })) {
        yield { index: answer.sequence, result: resultOf(answer) };
      }
    },
    recordOutcomes: (outcomes) => recordOutcomes(monitor, outcomes),
    close() {
      router.close();
      monitor?.close();
      tls?.[Symbol.dispose]();
    },
  };
}

const priorities = {
  high: 'PRIORITY_HIGH',
  normal: 'PRIORITY_UNSPECIFIED',
  low: 'PRIORITY_LOW',
} as const;

function toRequest(model: string, { entities, features, at }: PredictInput, call: PredictOptions) {
  return {
    model,
    entities,
    requestFeatures: Object.fromEntries(
      Object.entries(features).map(([name, value]) => [name, toValue(name, value)]),
    ),
    atMs: at?.getTime() ?? 0,
    priority: priorities[call.priority ?? 'normal'],
  };
}

async function* numbered<Request>(
  inputs: Iterable<PredictInput> | AsyncIterable<PredictInput>,
  toWire: (input: PredictInput) => Request,
) {
  let sequence = 0;
  for await (const input of inputs) {
    yield { sequence, request: toWire(input) };
    sequence += 1;
  }
}

function resultOf({ response, error }: PredictStreamResponse__Output): Prediction | MeshError {
  if (response) return toPrediction(response);
  if (!error) return decodeBatchError({ code: codes.INTERNAL, reason: 'INTERNAL', message: '' });
  const { code, reason, message } = decodeBatchError(error);
  const delayMs = error.retryAfterMs;
  return new MeshError({
    code,
    reason,
    message,
    retry: delayMs > 0 ? { kind: 'after', delayMs } : { kind: 'never' },
  });
}

async function recordOutcomes(
  monitor: ServiceClient<'mlmesh.monitor.v1.MonitorService'> | undefined,
  outcomes: readonly OutcomeInput[],
): Promise<{ readonly recorded: number }> {
  if (monitor === undefined) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'INVALID_CONFIG',
      message: 'recordOutcomes needs the address of the monitor; pass it to connect as `monitor`',
    });
  }
  const response = await monitor.recordOutcomes(
    {
      outcomes: outcomes.map(({ predictionId, label, observedAt, businessValue }) => ({
        predictionId,
        label,
        observedAtMs: observedAt?.getTime() ?? systemClock.epoch(),
        ...(businessValue === undefined ? {} : { businessValue }),
      })),
    },
    {},
  );
  return { recorded: response.recorded };
}

const tiers = {
  TIER_UNSPECIFIED: 'rules',
  TIER_MODEL: 'model',
  TIER_FALLBACK: 'fallback',
  TIER_RULES: 'rules',
} as const;

/** A shadow answers no caller, and neither does what has no role. */
const roles = {
  ROLE_UNSPECIFIED: 'production',
  ROLE_PRODUCTION: 'production',
  ROLE_SHADOW: 'production',
  ROLE_CONTROL: 'control',
  ROLE_CANARY: 'canary',
} as const;

function toPrediction(response: PredictResponse__Output): Prediction {
  return {
    predictionId: response.predictionId,
    score: response.outputs[0] ?? Number.NaN,
    outputs: response.outputs,
    tier: tiers[response.tier],
    version: response.version,
    role: roles[response.role],
    skipped: response.skipped.map(({ tier, reason }) => ({ tier: tiers[tier], reason })),
    defaultedFeatures: response.defaultedFeatures,
    because: response.because,
    latencyMs: response.latency?.totalMs ?? Number.NaN,
    traceId: response.traceId,
  };
}
