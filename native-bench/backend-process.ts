// One runtime in a process of its own: two of TensorFlow's backends don't live in one.
import assert from 'node:assert/strict';
import { floatMatrix } from '../services/shared/compute/tensor/float-matrix.ts';
import type { LoadedModel } from '../services/shared/platform/inference/model-spec.ts';
import { systemClock } from '../services/shared/platform/process/system-clock.ts';
import { InferencePool } from '../services/shared/platform/worker/inference-pool.ts';
import { type BenchFormat, type BenchModel, benchModel, benchRows } from './bench-model.ts';
import { type CallFigures, runCalls } from './call-round.ts';
import { benchFormats } from './open-bench-model.ts';

/** One round: a model, how it is called, and for how long. */
export interface BackendOrder {
  readonly format: BenchFormat;
  readonly widths: readonly number[];
  readonly batch: number;
  /** Worker threads; 0 is a call on this process's only thread. */
  readonly threads: number;
  /** Calls under way; one a raw call. */
  readonly inFlight: number;
  readonly durationMs: number;
}

/** What a backend process answers. */
export interface BackendAnswer {
  readonly backend: string;
  readonly figures: CallFigures;
}

/** Something that runs a batch that it may keep. */
interface Runner {
  readonly backend: string;
  run(values: Float32Array, rows: number): Promise<unknown>;
}

const models = new Map<string, BenchModel>();
const runners = new Map<string, Promise<Runner>>();

async function answer(order: BackendOrder): Promise<BackendAnswer> {
  const { widths, batch, inFlight, durationMs } = order;
  const runner = await runnerOf(order);
  const values = benchRows(batch, widths[0] ?? 0);
  // Both kinds of calls get a copy: whoever serves puts a batch together anew for each call.
  const figures = await runCalls(() => runner.run(values.slice(), batch), inFlight, durationMs);
  return { backend: runner.backend, figures };
}

function runnerOf({ format, widths, threads }: BackendOrder): Promise<Runner> {
  const key = [format, threads, ...widths].join(' ');
  const known = runners.get(key);
  if (known !== undefined) return known;
  const model = modelOf(format, widths);
  const opened = threads === 0 ? openRaw(model) : openPool(model, threads);
  runners.set(key, opened);
  return opened;
}

function modelOf(format: BenchFormat, widths: readonly number[]): BenchModel {
  const key = [format, ...widths].join(' ');
  const model = models.get(key) ?? benchModel(widths, format);
  models.set(key, model);
  return model;
}

async function openRaw({ spec, bytes }: BenchModel): Promise<Runner> {
  const format = benchFormats[spec.format];
  assert(format !== undefined);
  const model: LoadedModel = await (await format())(bytes, spec);
  return {
    backend: model.backend,
    run: (values, rows) => model.run([floatMatrix(values, rows)]),
  };
}

async function openPool({ spec, bytes }: BenchModel, threads: number): Promise<Runner> {
  const pool = new InferencePool({
    spec,
    artifact: { kind: 'bytes', bytes },
    file: new URL('./bench-worker.js', import.meta.url),
    threads,
    stuckMsMax: 120_000,
    clock: systemClock,
    onStuck: (error) => process.send?.({ error: String(error) }),
  });
  const backend = await pool.open();
  await pool.warm();
  return { backend, run: (values, rows) => pool.infer([floatMatrix(values, rows)], rows) };
}

process.on('message', (order: BackendOrder) => {
  answer(order).then(
    (found) => process.send?.(found),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
