import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ChildPeer } from '../../loadtest/load/child-peer.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import type { InferAnswer, InferLoad, InferLoadReport } from '../support/infer-load.ts';
import { PredictionProcess } from '../support/prediction-process.ts';
import { testKey } from '../support/registry-signer.ts';

const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;
/** What it is compared with is judged in the long run alone. */
const beforeMs = isLong ? 60_000 : 1_000;
const aroundMs = isLong ? 60_000 : 8_000;
/** Budget of a model by default. */
const budgetMs = 50;
const ratioMax = 1.5;

const folder = temporaryFolder();
const registry = new ChildPeer(new URL('../support/flip-registry.js', import.meta.url));
const load = new ChildPeer(new URL('../support/infer-load.js', import.meta.url));
const { signal } = new AbortController();
let prediction: PredictionProcess;

before(async () => {
  const signingKey = testKey.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const { address } = (await registry.ask({ signingKey }, signal)) as { address: string };
  prediction = await PredictionProcess.start({ folder: folder.path, registry: address });
  await prediction.reaches(1, 'READY');
});
after(async () => {
  load[Symbol.dispose]();
  await prediction[Symbol.asyncDispose]();
  registry[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** Asks at a rate, for a time; 0 asks as fast as it answers, 32 in flight. */
async function askAt(perSecond: number, forMs: number): Promise<readonly InferAnswer[]> {
  const timeoutUs = 10 * budgetMs * 1_000;
  const order: InferLoad = { address: prediction.address, perSecond, forMs, timeoutUs };
  const { answers } = (await load.ask(order, signal)) as InferLoadReport;
  return answers;
}

/** Requests a second that the service answers when it is asked as fast as it answers. */
async function capacity(): Promise<number> {
  const forMs = isLong ? 3_000 : 1_500;
  return (await askAt(0, forMs)).length / (forMs / 1_000);
}

function quantile(answers: readonly InferAnswer[], share: number): number {
  const sorted = answers.map(({ tookMs }) => tookMs).sort((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

describe('a new version of 36 MB under traffic', { concurrency: false }, () => {
  it('loads, warms and takes over without one answer lost', async (t) => {
    const perSecond = (await capacity()) / 4;
    const calm = await askAt(perSecond, beforeMs);
    const begunAt = performance.now();
    const asking = askAt(perSecond, aroundMs);
    await delay(aroundMs / 4);
    const flipMs = performance.now() - begunAt;
    await registry.ask({}, signal);
    const around = await asking;
    const [before, during] = [quantile(calm, 0.99), quantile(around, 0.99)];
    const slowest = quantile(around, 1);
    const switchedAt = around.findIndex(({ version }) => version === '2');
    t.diagnostic(
      `${perSecond.toFixed(0)} requests/s; before: p50 ${quantile(calm, 0.5).toFixed(1)}, p99 ${before.toFixed(1)}, slowest ${quantile(calm, 1).toFixed(1)} ms; around the flip: p99 ${during.toFixed(1)} ms (${(during / before).toFixed(2)}x), slowest of ${around.length} ${slowest.toFixed(1)} ms`,
    );
    const late = around.filter(({ tookMs }) => tookMs > budgetMs);
    t.diagnostic(
      `over ${budgetMs} ms: ${late.length}; due, in ms from the flip: ${late.map(({ dueMs, tookMs }) => `${(dueMs - flipMs).toFixed(0)} (${tookMs.toFixed(0)})`).join(', ')}`,
    );
    assert.ok(switchedAt > 0, 'the new version answers');
    const after = around.slice(switchedAt);
    // Answers that were on their way when the new version came are the old one's.
    assert.ok(after.filter(({ version }) => version === '1').length <= 64);
    if (!isLong) return;
    // A machine that others share is late by itself now and then: what the flip adds to that is judged.
    const slowestMax = Math.max(budgetMs, ratioMax * quantile(calm, 1));
    assert.ok(slowest < slowestMax, `${slowest} ms`);
    assert.ok(during < ratioMax * before, `${during} ms after ${before} ms`);
  });
});
