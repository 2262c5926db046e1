import assert from 'node:assert/strict';
import type {
  Caller,
  InferOutcome,
  InferPriority,
  NativeCall,
} from '../../services/prediction/core/infer-job.ts';
import type { InferLane } from '../../services/prediction/core/infer-lane.ts';
import {
  InferScheduler,
  type InferSchedulerLimits,
} from '../../services/prediction/core/infer-scheduler.ts';
import { floatMatrix, floatsOf } from '../../services/shared/compute/tensor/float-matrix.ts';
import type { Tensor } from '../../services/shared/compute/tensor/tensor.ts';
import { monotonicMs } from '../../services/shared/kernel/units.ts';
import { ManualClock, settleMicrotasks } from './manual-clock.ts';
import { servableSpec } from './servable-spec.ts';

/** A native call that the test ends. */
export interface OpenCall {
  readonly input: Float32Array;
  readonly rows: number;
  readonly end: (call?: Partial<NativeCall>) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

/** A scheduler whose native calls end when the test says so; the fake model gives back the first column. */
export class SchedulerBench {
  readonly clock = new ManualClock();
  readonly scheduler: InferScheduler;
  readonly calls: OpenCall[] = [];

  constructor(limits: Partial<InferSchedulerLimits> = {}) {
    this.scheduler = new InferScheduler(this.clock, {
      rowsMax: 8,
      batchDelayMs: 0,
      callBytesMax: 1_000_000,
      queueBytesMax: 1_000_000,
      callsMax: 2,
      queueRowsMax: 8,
      shadowQueueRowsMax: 4,
      ...limits,
    });
  }

  open(version: number, threads = 1): InferLane {
    const spec = servableSpec({ version, columns: 2 });
    return this.scheduler.open(spec, (inputs, rows) => this.#run(inputs, rows), threads);
  }

  #run([tensor]: readonly Tensor[], rows: number): Promise<NativeCall> {
    const input = tensor === undefined ? new Float32Array() : floatsOf(tensor);
    return new Promise((resolve, reject) => {
      const call = (change: Partial<NativeCall> = {}): NativeCall => ({
        rows,
        outputs: [
          floatMatrix(
            Float32Array.from({ length: rows }, (_, row) => input[row * 2] ?? 0),
            rows,
          ),
        ],
        backend: 'fake',
        threadId: 1,
        startedAt: this.clock.monotonic(),
        endedAt: this.clock.monotonic(),
        badInputRows: [],
        badOutputRows: [],
        ...change,
      });
      this.calls.push({
        input,
        rows,
        end: (change) => {
          resolve(call(change));
          return settleMicrotasks();
        },
        fail: (error) => {
          reject(error);
          return settleMicrotasks();
        },
      });
    });
  }

  /** Submits rows whose first column counts up from `first`. */
  submit(
    lane: InferLane,
    options: {
      readonly first?: number;
      readonly rows?: number;
      readonly priority?: InferPriority;
      readonly budgetMs?: number;
      readonly caller?: Caller;
    } = {},
  ): InferOutcome[] {
    const { first = 0, rows = 1, priority = 'production', budgetMs = 50 } = options;
    const { caller = { isCancelled: false } } = options;
    const outcomes: InferOutcome[] = [];
    const values = Float32Array.from({ length: rows * 2 }, (_, at) => first + at / 2);
    // Not aligned, as the bytes of a frame are.
    const frame = new Uint8Array(values.byteLength + 1);
    frame.set(new Uint8Array(values.buffer), 1);
    this.scheduler.submit(lane, {
      rows,
      inputs: [{ dataType: 'FP32', shape: [rows, 2], bytes: frame.subarray(1) }],
      priority,
      deadline: monotonicMs(this.clock.monotonic() + budgetMs),
      caller,
      onSettled: (outcome) => outcomes.push(outcome),
    });
    return outcomes;
  }
}

/** Gives the outputs of a job that was answered once. */
export function outputsOf(outcomes: readonly InferOutcome[]): readonly number[] {
  const [outcome] = outcomes;
  assert.equal(outcomes.length, 1);
  assert(outcome?.kind === 'rows', JSON.stringify(outcome));
  const [output] = outcome.outputs;
  return output === undefined ? [] : [...floatsOf(output)];
}

/** Gives code and reason of a job that failed once. */
export function reasonOf(outcomes: readonly InferOutcome[]): string {
  const [outcome] = outcomes;
  assert.equal(outcomes.length, 1);
  assert(outcome?.kind === 'failed', JSON.stringify(outcome));
  return `${outcome.error.code} / ${outcome.error.reason}`;
}
