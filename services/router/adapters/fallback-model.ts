import { floatMatrix, floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  type DurationMs,
  durationMs,
  type MonotonicMs,
  monotonicMs,
} from '../../shared/kernel/units.ts';
import type { InferredRows } from '../../shared/platform/inference/inference-protocol.ts';
import { type MatrixModel, matrixModel } from '../../shared/platform/inference/model-spec.ts';
import { InferencePool } from '../../shared/platform/worker/inference-pool.ts';
import { LatencyWindow } from '../../shared/policy/latency-window.ts';
import { NaturalBatcher } from '../../shared/policy/natural-batcher.ts';
import type { FallbackModel } from '../ports.ts';

/** What a fallback model is made of. */
export interface WorkerFallbackModelOptions {
  readonly clock: Clock;
  /** Rows that may wait. Default 1024: some milliseconds of a small model. */
  readonly queueRowsMax?: number;
  /** Rows of one native call. Default 256. */
  readonly callRowsMax?: number;
  /** A native call that takes longer is stuck. Default 5000 ms. */
  readonly stuckMsMax?: number;
  /** Milliseconds between two probes, which keep the model warm and its latency known while nobody needs it. Default 1000. */
  readonly probeMs?: number;
  /** Called when the thread does not come back. The rules answer from then on, until another version is loaded. */
  readonly onStuck?: (error: MeshError) => void;
}

/** A version to run as the fallback. */
export interface FallbackArtifact {
  /** Number of the version, from 1. */
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly spec: MatrixModel;
}

interface WaitingRow {
  readonly row: Float32Array;
  readonly rows: 1;
  readonly deadline: MonotonicMs;
  readonly queuedAt: MonotonicMs;
  readonly resolve: (outputs: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

interface LoadedFallback {
  readonly version: number;
  readonly spec: MatrixModel;
  readonly pool: InferencePool;
}

// Cautious: a call takes well below 1 ms on an idle machine, and this one is not.
const p99MsGuess = durationMs(10);
// As many as make a 99th percentile mean something.
const probesAtLoad = 128;

/** Runs the fallback model of one model on a worker thread of this process. Rows that wait while a call runs share the next. */
export class WorkerFallbackModel implements FallbackModel, Component {
  readonly name = 'fallback-model';
  readonly #options: Required<WorkerFallbackModelOptions>;
  readonly #batcher: NaturalBatcher<WaitingRow>;
  readonly #stopping = new AbortController();
  #latencies = newLatencies();
  #loaded: LoadedFallback | undefined;
  #stuck: { readonly error: MeshError; readonly pool: InferencePool } | undefined;
  /** Counts how often the batcher was emptied: a call from before is no longer one of its frames. */
  #frames = 0;
  /** Pools of earlier versions on their way out. */
  #leaving: readonly Promise<void>[] = [];

  constructor(options: WorkerFallbackModelOptions) {
    this.#options = {
      queueRowsMax: 1_024,
      callRowsMax: 256,
      stuckMsMax: 5_000,
      probeMs: 1_000,
      onStuck: () => undefined,
      ...options,
    };
    this.#batcher = new NaturalBatcher({
      queueRowsMax: this.#options.queueRowsMax,
      frameRowsMax: this.#options.callRowsMax,
      framesMax: 1,
    });
  }

  get version(): number {
    return this.#loaded?.version ?? 0;
  }

  get outputName(): string | undefined {
    return this.#loaded?.spec.outputName;
  }

  get p99Ms(): DurationMs {
    return this.#latencies.value;
  }

  /** Probes from now on; the model comes with `load`. */
  start(): Promise<void> {
    this.#probeRegularly().catch(() => undefined);
    return Promise.resolve();
  }

  /**
   * Opens a version on a thread of its own, runs it some times, then puts it in the place of the one before.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED or TENSOR_SHAPE,
   * INTERNAL / TENSOR_SHAPE; the version before then goes on.
   */
  async load({ version, bytes, spec }: FallbackArtifact): Promise<void> {
    const { clock, stuckMsMax } = this.#options;
    const pool = new InferencePool({
      spec: matrixModel(spec),
      artifact: { kind: 'bytes', bytes },
      file: new URL('../worker/fallback.js', import.meta.url),
      threads: 1,
      stuckMsMax,
      clock,
      onStuck: (error) => this.#onStuck(pool, error),
    });
    const latencies = newLatencies();
    try {
      await pool.open();
      await pool.warm();
      for (let probe = 0; probe < probesAtLoad; probe += 1) {
        const begunAt = clock.monotonic();
        await pool.infer([floatMatrix(new Float32Array(spec.columns), 1)], 1);
        latencies.add(durationMs(clock.monotonic() - begunAt));
      }
      this.#stopping.signal.throwIfAborted();
    } catch (error) {
      this.#retire(pool);
      throw error;
    }
    const before = this.#loaded;
    this.#loaded = { version, spec, pool };
    this.#latencies = latencies;
    this.#stuck = undefined;
    if (before !== undefined) this.#retire(before.pool);
  }

  /**
   * Gives the outputs of one row.
   * @throws {MeshError} UNAVAILABLE / MODEL_NOT_READY while no version is loaded; UNAVAILABLE / WORKER_STUCK;
   * RESOURCE_EXHAUSTED / QUEUE_FULL; INVALID_ARGUMENT / TENSOR_SHAPE or INVALID_FIELD; INTERNAL / TENSOR_NOT_FINITE or
   * INFERENCE_FAILED.
   */
  infer(row: Float32Array): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal(row);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const queuedAt = this.#options.clock.monotonic();
      const deadline = monotonicMs(Number.POSITIVE_INFINITY);
      const isQueued = this.#batcher.offer({ row, rows: 1, deadline, queuedAt, resolve, reject });
      if (isQueued) this.#pump();
      else reject(queueFull(this.#options.queueRowsMax));
    });
  }

  /**
   * Lets what waits or runs end, then ends the thread.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a call still runs after `graceMs`.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#loaded?.pool.stop(graceMs);
    await Promise.all(this.#leaving);
    await this.#stuck?.pool.stop(0);
  }

  #refusal(row: Float32Array): MeshError | undefined {
    if (this.#stuck !== undefined) return this.#stuck.error;
    if (this.#loaded === undefined || this.#stopping.signal.aborted) {
      return new MeshError({
        code: 'UNAVAILABLE',
        reason: 'MODEL_NOT_READY',
        message: 'no fallback model is loaded; point the alias fallback at an ONNX version',
      });
    }
    const { name, columns } = this.#loaded.spec;
    if (row.length === columns) return undefined;
    return new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_SHAPE',
      message: `wanted ${columns} features for ${name}, got ${row.length}`,
    });
  }

  #pump(): void {
    const loaded = this.#loaded;
    if (loaded === undefined) return;
    const { items } = this.#batcher.take(this.#options.clock.monotonic());
    if (items.length === 0) return;
    const { columns } = loaded.spec;
    const matrix = new Float32Array(items.length * columns);
    // A row of an earlier version's width is possible right after a change of versions.
    for (const [index, { row }] of items.entries()) {
      matrix.set(row.subarray(0, columns), index * columns);
    }
    const frames = this.#frames;
    loaded.pool
      .infer([floatMatrix(matrix, items.length)], items.length)
      .then(
        (call) => this.#answer(items, call, loaded.spec),
        (error: unknown) => {
          for (const { reject } of items) reject(error);
        },
      )
      .finally(() => {
        if (frames !== this.#frames) return;
        this.#batcher.settle();
        this.#pump();
      });
  }

  #answer(items: readonly WaitingRow[], call: InferredRows, { name, outputs }: MatrixModel): void {
    const now = this.#options.clock.monotonic();
    const [output] = call.outputs;
    const values = output === undefined ? new Float32Array() : floatsOf(output);
    const badInputs = new Set(call.badInputRows);
    const badOutputs = new Set(call.badOutputRows);
    for (const [index, { queuedAt, resolve, reject }] of items.entries()) {
      this.#latencies.add(durationMs(now - queuedAt));
      if (badInputs.has(index)) reject(notFinite(name, 'features'));
      else if (badOutputs.has(index)) reject(notFinite(name, 'outputs'));
      else resolve(values.slice(index * outputs, (index + 1) * outputs));
    }
  }

  async #probeRegularly(): Promise<void> {
    const { clock, probeMs } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(durationMs(probeMs), this.#stopping.signal);
      const columns = this.#loaded?.spec.columns;
      if (columns === undefined || this.#batcher.queueRows > 0) continue;
      await this.infer(new Float32Array(columns)).catch(() => undefined);
    }
  }

  #onStuck(pool: InferencePool, error: MeshError): void {
    if (this.#loaded?.pool !== pool) return;
    this.#stuck = { error, pool };
    this.#loaded = undefined;
    // The rows of the call that hangs are rejected by the pool.
    this.#frames += 1;
    for (const { reject } of this.#batcher.reset()) reject(error);
    this.#options.onStuck(error);
  }

  /** Ends a pool when its calls have ended; one that is stuck stays, and only the end of the process ends it. */
  #retire(pool: InferencePool): void {
    const leaving = pool.stop(this.#options.stuckMsMax).catch(() => undefined);
    this.#leaving = [...this.#leaving, leaving];
    void leaving.finally(() => {
      this.#leaving = this.#leaving.filter((other) => other !== leaving);
    });
  }
}

function newLatencies(): LatencyWindow {
  return new LatencyWindow(1_024, 0.99, p99MsGuess);
}

function queueFull(rowsMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `${rowsMax} rows wait for the fallback model, which is the limit`,
    retry: { kind: 'after', delayMs: 10 },
  });
}

function notFinite(name: string, what: 'features' | 'outputs'): MeshError {
  return what === 'features'
    ? new MeshError({
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_FIELD',
        message: `wanted finite features for ${name}, got NaN or infinity`,
      })
    : new MeshError({
        code: 'INTERNAL',
        reason: 'TENSOR_NOT_FINITE',
        message: `${name} gave NaN or infinity; its weights are unsound`,
      });
}
