import assert from 'node:assert/strict';
import type { Clock } from '../../kernel/clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import type {
  ArtifactSource,
  InferenceReply,
  InferenceRequest,
  InferenceWorkerData,
  InferredRows,
} from '../inference/inference-protocol.ts';
import type { ModelSpec } from '../inference/model-spec.ts';
import { WorkerPool } from './worker-pool.ts';

/** What an inference pool is made of. */
export interface InferencePoolOptions {
  readonly spec: ModelSpec;
  readonly artifact: ArtifactSource;
  /** Compiled module of the worker; its `handle` comes from `serveInference`. */
  readonly file: URL;
  /** Threads that all run this model, from 1. */
  readonly threads: number;
  /** A native call, or the opening of the model, that takes longer makes the pool stuck. Milliseconds. */
  readonly stuckMsMax: number;
  readonly clock: Clock;
  readonly onStuck: (error: MeshError) => void;
}

/**
 * The threads of one model. One pool a model, rather than one for all: a model that hangs cannot hold a thread of another,
 * a version that is promoted or rolled back to is warm where it is, weights lie in memory once a thread that runs them, and
 * what a stopped model had allocated goes away with its thread.
 */
export class InferencePool {
  readonly #pool: WorkerPool<InferenceRequest, InferenceReply>;
  readonly #threads: number;

  constructor(options: InferencePoolOptions) {
    this.#threads = options.threads;
    const workerData: InferenceWorkerData = { spec: options.spec, artifact: options.artifact };
    this.#pool = new WorkerPool({
      name: options.spec.name,
      file: options.file,
      workerData,
      threads: options.threads,
      // Callers queue before the pool, where they can still be dropped; this only covers their overlap.
      queueTasksMax: options.threads,
      stuckMsMax: options.stuckMsMax,
      clock: options.clock,
      onStuck: options.onStuck,
    });
  }

  /** Whether a native call has not come back. */
  get isStuck(): boolean {
    return this.#pool.isStuck;
  }

  /**
   * Waits until each thread has verified, opened and run the model; gives the runtime.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT, FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED or TENSOR_SHAPE.
   */
  async warm(): Promise<string> {
    const tasks = Array.from({ length: this.#threads }, () => this.#pool.run({ kind: 'warm' }));
    const [reply] = await Promise.all(tasks);
    assert(reply?.kind === 'warmed');
    return reply.backend;
  }

  /**
   * Runs the model once for all rows. `input` is float32 [rows, columns] row-major and moves to the thread.
   * @throws {MeshError} INTERNAL / TENSOR_SHAPE or INFERENCE_FAILED; UNAVAILABLE / WORKER_STUCK or DRAINING;
   * RESOURCE_EXHAUSTED / QUEUE_FULL when more calls are in flight than twice the threads.
   */
  async infer(input: Float32Array<ArrayBuffer>, rows: number): Promise<InferredRows> {
    assert(input.byteLength === input.buffer.byteLength, 'a view would move its whole buffer');
    const reply = await this.#pool.run({ kind: 'infer', rows, input: input.buffer }, [
      input.buffer,
    ]);
    assert(reply.kind === 'inferred');
    return reply;
  }

  /**
   * Waits for the calls in flight, then ends the threads.
   * @throws {MeshError} UNAVAILABLE / WORKER_STUCK when a call still runs after `graceMs`.
   */
  async stop(graceMs: number): Promise<void> {
    await this.#pool.stop(graceMs);
  }
}
