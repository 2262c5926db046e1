import assert from 'node:assert/strict';
import type { Tensor } from '../../compute/tensor/tensor.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { monotonicMs } from '../../kernel/units.ts';
import type { ExecutionProviderName } from '../inference/execution-provider.ts';
import type {
  ArtifactSource,
  InferenceReply,
  InferenceRequest,
  InferenceWorkerData,
  InferredRows,
} from '../inference/inference-protocol.ts';
import type { ModelSpec } from '../inference/model-spec.ts';
import { clockOriginMs } from '../process/system-clock.ts';
import { ProcessWorker } from './process-worker.ts';
import { WorkerPool } from './worker-pool.ts';

/** What an inference pool is made of. */
export interface InferencePoolOptions {
  readonly spec: ModelSpec;
  readonly artifact: ArtifactSource;
  /** Where ONNX Runtime runs it; the CPU when it is left out. */
  readonly provider?: ExecutionProviderName;
  /** Compiled module of the worker, which answers with what comes from `serveInference`. */
  readonly file: URL;
  /** Whether each worker is a thread of this process, or a process: there can be one native TensorFlow in each. Default `thread`. */
  readonly isolation?: 'thread' | 'process';
  /** Threads, or processes, that all run this model, from 1. */
  readonly threads: number;
  /** A native call that takes longer makes the pool stuck. Milliseconds. Opening and warming may take 30 s in any case. */
  readonly stuckMsMax: number;
  readonly clock: Clock;
  readonly onStuck: (error: MeshError) => void;
}

// A large model on a busy machine takes seconds, and nobody waits for it yet.
const openMsMax = 30_000;

// To detach a buffer and to make it anew on the other side costs more than to copy this much: 7 us a request at 32 in flight.
const copiedBytesMax = 16_384;

type InferenceWorker =
  | WorkerPool<InferenceRequest, InferenceReply>
  | ProcessWorker<InferenceRequest, InferenceReply>;

/**
 * The threads of one model. One pool a model, rather than one for all: a model that hangs cannot hold a thread of another,
 * a version that is promoted or rolled back to is warm where it is, weights lie in memory once a thread that runs them, and
 * what a stopped model had allocated goes away with its thread.
 */
export class InferencePool {
  // One pool a thread: "open" must reach each thread, not any.
  readonly #threads: readonly InferenceWorker[];
  readonly #openMsMax: number;
  #stuckError: MeshError | undefined;

  constructor(options: InferencePoolOptions) {
    this.#openMsMax = Math.max(openMsMax, options.stuckMsMax);
    const { spec, artifact, provider = 'cpu' } = options;
    const workerData: InferenceWorkerData = { spec, artifact, provider };
    const onStuck = (error: MeshError) => {
      if (this.#stuckError !== undefined) return;
      this.#stuckError = error;
      options.onStuck(error);
    };
    const parts = {
      name: spec.name,
      file: options.file,
      workerData,
      // Callers queue before the pool, where they can still be dropped; this only covers their overlap.
      queueTasksMax: 1,
      farewell: { kind: 'release' },
      stuckMsMax: options.stuckMsMax,
      clock: options.clock,
      onStuck,
    } as const;
    // TensorFlow tells of every processor feature that it does not use.
    const environment = { TF_CPP_MIN_LOG_LEVEL: '2' };
    this.#threads = Array.from(
      { length: options.threads },
      (): InferenceWorker =>
        options.isolation === 'process'
          ? new ProcessWorker({ ...parts, environment })
          : new WorkerPool({ ...parts, threads: 1 }),
    );
  }

  /** Whether a native call has not come back; never becomes false again. */
  get isStuck(): boolean {
    return this.#stuckError !== undefined;
  }

  /**
   * Waits until each thread has verified and opened the model; gives the runtime.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED or TENSOR_SHAPE.
   */
  async open(): Promise<string> {
    const [reply] = await this.#onEach({ kind: 'open' });
    assert(reply?.kind === 'opened');
    return reply.backend;
  }

  /**
   * Waits until each thread has run the model.
   * @throws {MeshError} INTERNAL / TENSOR_SHAPE or INFERENCE_FAILED.
   */
  async warm(): Promise<void> {
    await this.#onEach({ kind: 'warm' });
  }

  /**
   * Runs the model once for all rows, on the thread with the least to do. The buffers of `inputs` may move there.
   * @throws {MeshError} INTERNAL / TENSOR_SHAPE or INFERENCE_FAILED; UNAVAILABLE / WORKER_STUCK or DRAINING;
   * RESOURCE_EXHAUSTED / QUEUE_FULL when more than two calls a thread are in flight.
   */
  async infer(inputs: readonly Tensor[], rows: number): Promise<InferredRows> {
    const request: InferenceRequest = { kind: 'infer', rows, inputs };
    const buffers = inputs.map(({ bytes }) => movable(bytes));
    const transfer = buffers.filter(({ byteLength }) => byteLength > copiedBytesMax);
    const reply = await this.#leastBusy().run(request, { transfer });
    assert(reply.kind === 'inferred');
    return inOwnTime(reply);
  }

  /**
   * Waits for the calls in flight, has the model freed, then ends the threads. May be called again.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a call still runs after `graceMs`.
   */
  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop(graceMs)));
  }

  async #onEach(request: InferenceRequest): Promise<readonly InferenceReply[]> {
    return await Promise.all(
      this.#threads.map((thread) => thread.run(request, { stuckMsMax: this.#openMsMax })),
    );
  }

  #leastBusy(): InferenceWorker {
    return this.#threads.reduce((least, thread) =>
      thread.tasksInFlight < least.tasksInFlight ? thread : least,
    );
  }
}

/** Gives the times of a call by the clock of this process. */
function inOwnTime(reply: InferredRows): InferredRows {
  const shiftMs = reply.clockOriginMs - clockOriginMs;
  if (shiftMs === 0) return reply;
  const { startedAt, endedAt } = reply;
  return {
    ...reply,
    startedAt: monotonicMs(startedAt + shiftMs),
    endedAt: monotonicMs(endedAt + shiftMs),
  };
}

/** Gives a buffer that holds these bytes and nothing else: a view would move all of its buffer. */
function movable(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  assert(buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength);
  return buffer;
}
