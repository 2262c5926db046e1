import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measureBinary } from '../../shared/compute/binary-metrics.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { forward } from '../core/dense-network.ts';
import type { TrainingPlan } from '../core/training-plan.ts';
import { TfjsTrainer } from './tfjs-trainer.ts';

/** Rows whose label leans on the first two columns, and whose columns have other scales. */
function rowsOf(rows: number): TrainingRows {
  const random = seededRandom(11);
  const features = Float32Array.from(
    { length: rows * 3 },
    (_, at) => random.next() * 10 ** (at % 3),
  );
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const logit = 8 * ((features[row * 3] ?? 0) - 0.5) - 0.8 * ((features[row * 3 + 1] ?? 0) - 5);
    return random.next() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  const eventIds = Array.from({ length: rows }, (_, row) => `${row}`);
  return { rows, columns: 3, features, labels, atMs: new Float64Array(rows), eventIds };
}

const set = rowsOf(1_000);
const plan: TrainingPlan = {
  hidden: [],
  epochs: 20,
  learningRate: 0.05,
  batchRows: 128,
  l2: 0,
  seed: 5,
};
const never = new AbortController().signal;

const train = (change: Partial<TrainingPlan> = {}, rows = set) =>
  new TfjsTrainer().train({ rows, plan: { ...plan, ...change } }, () => undefined, never);

function digestOf(network: Awaited<ReturnType<typeof train>>): string {
  const hash = createHash('sha256');
  for (const { weights, bias } of network.layers) hash.update(weights).update(bias);
  return hash.digest('hex');
}

/** With this variable the file only prints the digest of one training, so that another process can be compared. */
const digestVariable = 'MLMESH_TEST_PRINT_DIGEST';
const digested = { hidden: [8, 4], epochs: 2 };

if (process.env[digestVariable] === undefined) describeTrainer();
else process.stdout.write(digestOf(await train(digested)));

function describeTrainer(): void {
  describe('TfjsTrainer', () => {
    it('finds the logistic regression: the loss is convex and its slope is 0 there', async () => {
      const network = await train({ epochs: 200, batchRows: 1_000, learningRate: 0.3 });
      const { mean, std } = network.standardisation;
      const probabilities = forward(network, set.features);
      const slopes = [0, 0, 0, 0];
      for (const [row, probability] of probabilities.entries()) {
        const error = (probability - (set.labels[row] ?? 0)) / set.rows;
        slopes[3] = (slopes[3] ?? 0) + error;
        for (let column = 0; column < 3; column++) {
          const value = (set.features[row * 3 + column] ?? 0) - (mean[column] ?? 0);
          slopes[column] = (slopes[column] ?? 0) + (error * value) / (std[column] ?? 1);
        }
      }
      // 1e-3: Adam with a falling rate stops near the optimum, not at it; untrained, the first slope is 0.2.
      assert.ok(
        slopes.every((slope) => Math.abs(slope) < 1e-3),
        `${slopes}`,
      );
    });

    it('learns with hidden layers', async () => {
      const network = await train({ hidden: [8, 4], epochs: 10, learningRate: 0.01 });
      const { auc } = measureBinary(forward(network, set.features), set.labels);
      assert.ok(auc > 0.85, `${auc}`);
    });

    it('gives the same bytes in this process and in another one', async () => {
      const first = digestOf(await train(digested));
      assert.equal(digestOf(await train(digested)), first);
      const other = execFileSync(process.execPath, [fileURLToPath(import.meta.url)], {
        encoding: 'utf8',
        env: { ...process.env, [digestVariable]: '1' },
      });
      assert.equal(other, first);
    });

    it('gives other weights for another seed', async () => {
      const change = { hidden: [8], epochs: 1 };
      assert.notEqual(digestOf(await train(change)), digestOf(await train({ ...change, seed: 6 })));
    });

    it('tells how far it is and ends when it is cancelled', async () => {
      const cancel = new AbortController();
      const seen: number[] = [];
      await assert.rejects(
        new TfjsTrainer().train(
          { rows: set, plan: { ...plan, epochs: 100 } },
          ({ done, total }) => {
            seen.push(done);
            assert.equal(total, 800);
            if (seen.length === 3) cancel.abort(new Error('enough'));
          },
          cancel.signal,
        ),
        /enough/,
      );
      assert.deepEqual(seen, [1, 21, 41]);
    });

    it('refuses no rows, a feature that is not finite and a rate that diverges', async () => {
      const failsWith = (reason: string) => (error: unknown) =>
        error instanceof MeshError && error.reason === reason;
      await assert.rejects(train({}, rowsOf(0)), failsWith('TRAINING_FAILED'));
      const broken = rowsOf(10);
      broken.features[4] = Number.NaN;
      await assert.rejects(train({}, broken), failsWith('TENSOR_NOT_FINITE'));
      await assert.rejects(
        train({ hidden: [8], learningRate: 1e30 }),
        failsWith('TRAINING_FAILED'),
      );
    });
  });
}
