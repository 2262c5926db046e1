import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { AuditedAnswer, RecomputeRow, Recomputer } from '../ports.ts';
import { ParityAuditor } from './parity-auditor.ts';

/** A clock whose sleeps end at once, but let others go first. */
const clock = {
  monotonic: () => monotonicMs(0),
  epoch: () => epochMs(0),
  sleep: () => new Promise<void>((resolve) => void setImmediate(resolve)),
};

const answer = (sequence: number, value = 1): AuditedAnswer => ({
  predictionId: `p${sequence}`,
  model: 'm',
  keys: [`key${sequence}`],
  atMs: 1,
  logOffset: 1,
  featureSetHash: 'h',
  values: new Uint8Array(Float64Array.of(value).buffer),
  statuses: Uint8Array.of(0),
});
const recomputed = {
  values: new Uint8Array(Float64Array.of(1).buffer),
  statuses: Uint8Array.of(0),
};

async function audited(recomputer: Recomputer, answers: readonly AuditedAnswer[], share = 1) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const auditor = new ParityAuditor({ recomputer, clock, share, onError });
  await auditor.start();
  for (const each of answers) auditor.offer(each);
  for (let turns = 0; turns < 50; turns += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  await auditor.stop();
  return { figures: auditor.figures('m'), errors };
}

const isAnswer = (row: RecomputeRow): row is AuditedAnswer => 'values' in row;

const agreeing: Recomputer = {
  recompute: (_hash, rows) => Promise.resolve(rows.map(() => recomputed)),
};

describe('ParityAuditor', () => {
  it('finds an answer that was served with another value', async () => {
    const { figures } = await audited(agreeing, [answer(1), answer(2, 1.5), answer(3)]);
    assert.deepEqual(figures, {
      checked: 3,
      mismatches: 1,
      pending: 0,
      examples: [{ predictionId: 'p2', column: 0 }],
    });
  });

  it('keeps the bytes of an answer alone, not the message that it came in', async () => {
    const frame = new ArrayBuffer(1 << 20);
    const values = new Uint8Array(frame, 0, 8);
    values.set(recomputed.values);
    const kept: number[] = [];
    const overwriting: Recomputer = {
      recompute(_hash, rows) {
        new Uint8Array(frame).fill(255);
        kept.push(...rows.filter(isAnswer).map((row) => row.values.buffer.byteLength));
        return Promise.resolve(rows.map(() => recomputed));
      },
    };
    const { figures } = await audited(overwriting, [{ ...answer(1), values }]);
    assert.deepEqual([figures.checked, figures.mismatches, kept], [1, 0, [9]]);
  });

  it('leaves out an answer whose events were erased since', async () => {
    const erased: Recomputer = {
      recompute: (_hash, rows) =>
        Promise.resolve(rows.map((_, row) => (row === 0 ? 'erased' : recomputed))),
    };
    const { figures } = await audited(erased, [answer(1, 9), answer(2)]);
    assert.deepEqual(figures, { checked: 1, mismatches: 0, pending: 0, examples: [] });
  });

  it('audits again after the feature service was away', async () => {
    let calls = 0;
    const { figures, errors } = await audited(
      {
        recompute(hash, rows, signal) {
          calls += 1;
          if (calls > 1) return agreeing.recompute(hash, rows, signal);
          const error = {
            code: 'UNAVAILABLE',
            reason: 'PEER_UNAVAILABLE',
            message: 'away',
          } as const;
          return Promise.reject(new MeshError(error));
        },
      },
      [answer(1)],
    );
    assert.deepEqual([figures.checked, figures.mismatches, errors.length], [1, 0, 1]);
  });

  it('samples whole entities, near the share that was asked for', async () => {
    const answers = Array.from({ length: 1_000 }, (_, sequence) => answer(sequence));
    const { figures } = await audited(agreeing, answers, 0.2);
    assert.ok(Math.abs(figures.checked - 200) < 60, `${figures.checked}`); // 4 standard deviations and some
  });
});
