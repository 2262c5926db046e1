import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { monitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { keepWithin, type RetainedLog } from '../../shared/platform/store/retention.ts';
import type { VerdictRecord } from '../core/verdict-record.ts';
import { outputStart } from '../core/windows/judge-output.ts';
import { WindowCounter } from '../core/windows/window-counter.ts';
import { LmdbVerdicts } from './lmdb-verdicts.ts';
import { LmdbWindows } from './lmdb-windows.ts';

const dayMs = 86_400_000;
const key = { model: 'm', version: 2 };
const limits = { keepMs: 10 * dayMs, bytesMax: 1e9 };

describe('LmdbWindows', () => {
  const plan = monitoringPlan();
  const counts = new WindowCounter({ inputs: [], outputs: [], outputUnit: 1 }).counts();
  const windowOf = (startMs: number) => ({
    ...{ ...key, startMs, endMs: startMs + dayMs, profileDigest: 'd', counts },
    ...{ states: {}, plan: plan.drift, output: outputStart, outputPlan: plan.output },
  });

  it('lets go of windows by when they were closed, whatever time they are of', async () => {
    using folder = temporaryFolder();
    await using files = KeyValueStore.open({ directory: folder.path });
    let nowMs = 100 * dayMs;
    const store = new LmdbWindows(files, { windowsMax: 100, now: () => nowMs });
    const endOfNewest = () => store.window(key, Number.MAX_SAFE_INTEGER)?.endMs;
    const endOfOldest = () => store.window(key, 3 * dayMs)?.endMs;
    for (const day of [5, 2, 7]) {
      await store.close(windowOf(day * dayMs), { states: {}, output: outputStart });
      nowMs += dayMs;
    }
    assert.equal(await keepWithin(store, limits, nowMs), 0);
    assert.deepEqual([endOfOldest(), endOfNewest()], [3 * dayMs, 8 * dayMs]);
    assert.equal(await keepWithin(store, limits, nowMs + 9 * dayMs), 2);
    assert.deepEqual([endOfOldest(), endOfNewest()], [undefined, 8 * dayMs]);
    assert.equal(await keepWithin(store, limits, nowMs + 99 * dayMs), 0, 'the newest stays');
    assert.deepEqual(store.window(key, 8 * dayMs), windowOf(7 * dayMs));
  });

  it('forgets the order of a window that leaves for its number', async () => {
    using folder = temporaryFolder();
    await using files = KeyValueStore.open({ directory: folder.path });
    const store = new LmdbWindows(files, { windowsMax: 2, now: () => 0 });
    for (const day of [1, 2, 3, 3, 4]) {
      await store.close(windowOf(day * dayMs), { states: {}, output: outputStart });
    }
    assert.equal(files.table('window-closings').count(), 2);
  });
});

describe('LmdbVerdicts', () => {
  const verdictOf = (day: number) =>
    ({
      kind: 'guard',
      id: `v${day}`,
      atMs: day * dayMs,
      statement: 'x'.repeat(500),
    }) as VerdictRecord;
  const ids = (verdicts: LmdbVerdicts) => [...verdicts.newest()].map(({ id }) => id);
  const keep = async (log: RetainedLog, change: Partial<typeof limits>) =>
    await keepWithin(log, { ...limits, ...change }, 60 * dayMs);

  it('lets go of verdicts that are too old, or too many bytes', async () => {
    using folder = temporaryFolder();
    await using files = KeyValueStore.open({ directory: folder.path });
    const verdicts = new LmdbVerdicts(files, 1_000);
    for (let day = 40; day < 60; day += 1) await verdicts.append(verdictOf(day));
    assert.equal(await keep(verdicts, {}), 10);
    assert.deepEqual([ids(verdicts)[0], ids(verdicts).length], ['v59', 10]);
    await keep(verdicts, { bytesMax: 1 });
    assert.deepEqual(ids(verdicts), ['v59']);
  });
});
