import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { RecordingMetrics } from '../../shared/platform/telemetry/recording-metrics.ts';
import type { AnswerAudits, AuditedAnswers } from '../ports.ts';
import { AnswerAuditor } from './answer-auditor.ts';

/** A clock whose sleeps end at once, but let others go first. */
const clock = {
  monotonic: () => monotonicMs(0),
  epoch: () => epochMs(0),
  sleep: () => new Promise<void>((resolve) => void setImmediate(resolve)),
};

const found = (lastAnswer: number, mismatches: number): AuditedAnswers => ({
  answers: 10,
  mismatchedAnswers: mismatches,
  lastAnswer,
  featureSets: [{ name: 'm', answers: 10, mismatches, example: mismatches > 0 ? 'why' : '' }],
});
const nothing: AuditedAnswers = {
  answers: 0,
  mismatchedAnswers: 0,
  lastAnswer: 0,
  featureSets: [],
};

async function audited(answers: readonly (AuditedAnswers | Error)[], answersPerSecond = 10) {
  const asked: { readonly afterAnswer: number; readonly limit: number }[] = [];
  const errors: unknown[] = [];
  const audits: AnswerAudits = {
    audit(query) {
      asked.push(query);
      const answer = answers[asked.length - 1] ?? nothing;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const metrics = new RecordingMetrics();
  const onError = (error: unknown) => errors.push(error);
  const options = { audits, clock, metrics, answersPerSecond, everyMs: 30_000, onError };
  const auditor = new AnswerAuditor(options);
  await auditor.start();
  for (let turns = 0; turns < 50; turns += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  await auditor.stop();
  return { auditor, asked, errors, metrics };
}

describe('AnswerAuditor', () => {
  it('goes on where it was, with as many answers as may be audited in that time', async () => {
    const { asked } = await audited([found(25, 0), nothing, found(60, 0)]);
    assert.deepEqual(asked.slice(0, 4), [
      { afterAnswer: 0, limit: 300 },
      { afterAnswer: 25, limit: 300 },
      { afterAnswer: 25, limit: 300 },
      { afterAnswer: 60, limit: 300 },
    ]);
  });

  it('counts each mismatch, and remembers it', async () => {
    const { auditor, metrics } = await audited([found(10, 0), found(20, 2), found(30, 0)]);
    assert.deepEqual(auditor.figures('m'), { audited: 30, mismatches: 2, example: 'why' });
    assert.deepEqual(auditor.figures('other'), { audited: 0, mismatches: 0, example: '' });
    const name = 'mesh.monitor.audited.answers';
    assert.equal(metrics.countOf(name, { outcome: 'different' }), 2);
    assert.equal(metrics.countOf(name, { outcome: 'equal' }), 28);
  });

  it('tries again after the feature service was away, and misses nothing', async () => {
    const away = new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: 'away',
    });
    const { auditor, asked, errors } = await audited([found(10, 0), away, found(20, 1)]);
    assert.deepEqual(errors, [away]);
    assert.deepEqual([asked[1]?.afterAnswer, asked[2]?.afterAnswer], [10, 10]);
    assert.equal(auditor.figures('m').mismatches, 1);
  });

  it('asks for nothing when nothing is to be audited', async () => {
    const { asked } = await audited([found(10, 0)], 0);
    assert.deepEqual(asked, []);
  });
});
