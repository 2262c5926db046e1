import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeLoader, plannedDamage, plannedHang } from '../../../test/support/fake-loader.ts';
import { ManualClock, settleMicrotasks } from '../../../test/support/manual-clock.ts';
import { servableSpec } from '../../../test/support/servable-spec.ts';
import { floatMatrix } from '../../shared/compute/tensor/float-matrix.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import type { InferOutcome } from '../core/infer-job.ts';
import { InferScheduler } from '../core/infer-scheduler.ts';
import type { ServableRole, WantedServable } from '../core/wanted-set.ts';
import { ServableManager } from './servable-manager.ts';

function bench() {
  const clock = new ManualClock();
  const loader = new FakeLoader();
  const replaced: MeshError[] = [];
  const silent = () => undefined;
  const scheduler = new InferScheduler(clock, {
    rowsMax: 8,
    batchDelayMs: 0,
    callBytesMax: 1_000_000,
    queueBytesMax: 1_000_000,
    callsMax: 2,
    queueRowsMax: 8,
    shadowQueueRowsMax: 8,
  });
  const manager = new ServableManager({
    clock,
    scheduler,
    loader,
    limits: {
      servablesMax: 4,
      memoryBytesMax: 100,
      threadsPerServable: 1,
      loadsMax: 1,
      slowLoadMs: 5_000,
    },
    retryMs: 100,
    retryMsMax: 300,
    unloadMsMax: 1_000,
    onStuck: (error) => replaced.push(error),
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const states = () =>
    Object.fromEntries(manager.statuses(undefined).map(({ version, state }) => [version, state]));
  return { clock, loader, manager, scheduler, replaced, states };
}

function want(...roles: readonly [ServableRole, number][]): readonly WantedServable[] {
  return roles.map(([role, version]) => {
    const spec = servableSpec({ version });
    return { model: spec.model, version, spec, role };
  });
}

function reasonOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert(error instanceof MeshError);
    return `${error.code} / ${error.reason}`;
  }
  return 'none';
}

describe('ServableManager', () => {
  it('loads what is wanted, production first, and answers for it', async () => {
    const { manager, loader, states } = bench();
    manager.aspire(want(['production', 2], ['shadow', 3]));
    await settleMicrotasks();
    assert.deepEqual(loader.loaded, [2, 3]);
    assert.deepEqual(states(), { 2: 'ready', 3: 'ready' });
    assert.equal(manager.laneOf('late', 2).id, 'late/2');
    assert.equal(manager.statuses('late')[0]?.backend, 'fake');
    assert.deepEqual(manager.statuses('other'), []);
  });

  it('says what is unknown and what is not ready', async () => {
    const { manager, loader } = bench();
    assert.equal(
      reasonOf(() => manager.laneOf('late', 1)),
      'NOT_FOUND / MODEL_UNKNOWN',
    );
    loader.slow.set(1, () => undefined);
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    assert.equal(
      reasonOf(() => manager.laneOf('late', 1)),
      'UNAVAILABLE / MODEL_NOT_READY',
    );
    assert.equal(
      reasonOf(() => manager.laneOf('late', 9)),
      'NOT_FOUND / VERSION_UNKNOWN',
    );
  });

  it('does nothing when it is told the same again', async () => {
    const { manager, loader } = bench();
    for (let times = 0; times < 3; times += 1) {
      manager.aspire(want(['production', 1]));
      await settleMicrotasks();
    }
    assert.deepEqual(loader.loaded, [1]);
  });

  it('keeps the old version until the new one is ready, then takes it down', async () => {
    const { manager, loader, states } = bench();
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    loader.slow.set(2, () => undefined);
    manager.aspire(want(['production', 2]));
    await settleMicrotasks();
    assert.deepEqual(states(), { 1: 'ready', 2: 'loading' });
    loader.slow.get(2)?.();
    await settleMicrotasks();
    assert.deepEqual(states(), { 2: 'ready' });
    assert.deepEqual(loader.stopped, [1]);
  });

  it('takes a version down again that was unwanted while it loaded', async () => {
    const { manager, loader, states } = bench();
    loader.slow.set(1, () => undefined);
    manager.aspire(want(['shadow', 1]));
    await settleMicrotasks();
    manager.aspire([]);
    loader.slow.get(1)?.();
    await settleMicrotasks();
    assert.deepEqual(states(), {});
    assert.deepEqual(loader.stopped, [1]);
  });

  it('loads a version anew that is wanted again while its threads end, production as well', async () => {
    const { manager, loader, states } = bench();
    loader.lingering.set(1, () => undefined);
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    manager.aspire([]);
    await settleMicrotasks();
    assert.deepEqual(states(), { 1: 'unloading' });
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    assert.deepEqual(states(), { 1: 'unloading' });
    loader.lingering.get(1)?.();
    await settleMicrotasks();
    assert.deepEqual(states(), { 1: 'ready' });
    assert.deepEqual(loader.loaded, [1, 1]);
    assert.equal(manager.laneOf('late', 1).id, 'late/1');
  });

  it('tries a failed load again after a wait that doubles up to its limit', async () => {
    const { manager, loader, clock, states } = bench();
    loader.failing.add(1);
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    assert.equal(states()[1], 'failed');
    assert.equal(manager.statuses('late')[0]?.error, plannedDamage);
    for (const waitMs of [100, 200, 300, 300]) {
      const loads = loader.loaded.length;
      await clock.advance(waitMs - 1);
      assert.equal(loader.loaded.length, loads, `after ${waitMs - 1} ms`);
      await clock.advance(1);
      assert.equal(loader.loaded.length, loads + 1, `after ${waitMs} ms`);
    }
    loader.failing.clear();
    await clock.advance(300);
    assert.equal(states()[1], 'ready');
    assert.equal(manager.statuses('late')[0]?.error, undefined);
  });

  it('lets other loads past one that hangs', async () => {
    const { manager, loader, states, clock } = bench();
    loader.slow.set(1, () => undefined);
    manager.aspire(want(['production', 1], ['previous', 2], ['shadow', 3]));
    await settleMicrotasks();
    await clock.advance(4_999);
    assert.deepEqual(states(), { 1: 'loading', 2: 'new', 3: 'new' });
    await clock.advance(1);
    await settleMicrotasks();
    assert.deepEqual(states(), { 1: 'loading', 2: 'ready', 3: 'ready' });
    loader.slow.get(1)?.();
    await settleMicrotasks();
    assert.deepEqual(states(), { 1: 'ready', 2: 'ready', 3: 'ready' });
  });

  it('keeps the reason of a version that can never be served', async () => {
    const { manager } = bench();
    manager.aspire([{ model: 'late', version: 1, role: 'production', spec: plannedDamage }]);
    await settleMicrotasks();
    assert.equal(manager.statuses('late')[0]?.error, plannedDamage);
  });

  it('asks for a new process when production is stuck', async () => {
    const { manager, loader, replaced } = bench();
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    loader.onStuck.get(1)?.(plannedHang);
    assert.deepEqual(replaced, [plannedHang]);
    assert.equal(
      reasonOf(() => manager.laneOf('late', 1)),
      'UNAVAILABLE / WORKER_STUCK',
    );
  });

  it('goes on when a shadow is stuck, and neither loads nor forgets it again', async () => {
    const { manager, loader, replaced, states, clock } = bench();
    manager.aspire(want(['production', 1], ['shadow', 2]));
    await settleMicrotasks();
    loader.onStuck.get(2)?.(plannedHang);
    manager.aspire(want(['production', 1]));
    manager.aspire(want(['production', 1], ['shadow', 2]));
    await clock.advance(1_000);
    assert.deepEqual(replaced, []);
    assert.deepEqual(states(), { 1: 'ready', 2: 'failed' });
    assert.deepEqual(loader.loaded, [1, 2]);
    assert.equal(manager.laneOf('late', 1).id, 'late/1');
  });

  it('asks for a new process when a stuck shadow becomes production', async () => {
    const { manager, loader, replaced } = bench();
    manager.aspire(want(['production', 1], ['shadow', 2]));
    await settleMicrotasks();
    loader.onStuck.get(2)?.(plannedHang);
    manager.aspire(want(['production', 2], ['previous', 1]));
    assert.deepEqual(replaced, [plannedHang]);
  });

  it('stops every version, and loads nothing more', async () => {
    const { manager, loader } = bench();
    manager.aspire(want(['production', 1], ['shadow', 2]));
    await settleMicrotasks();
    await manager.stop(100);
    assert.deepEqual(loader.stopped, [1, 2]);
    manager.aspire(want(['production', 3]));
    await settleMicrotasks();
    assert.deepEqual(loader.loaded, [1, 2]);
  });

  it('says when a thread does not come back at the stop', async () => {
    const { manager, loader, scheduler, clock } = bench();
    loader.hanging.add(1);
    manager.aspire(want(['production', 1]));
    await settleMicrotasks();
    const outcomes: InferOutcome[] = [];
    scheduler.submit(manager.laneOf('late', 1), {
      rows: 1,
      inputs: [floatMatrix(new Float32Array(1), 1)],
      priority: 'production',
      deadline: monotonicMs(50),
      caller: { isCancelled: false },
      onSettled: (outcome) => outcomes.push(outcome),
    });
    await settleMicrotasks();
    const stopping = manager.stop(100);
    const rejected = assert.rejects(stopping, { reason: 'WORKER_STUCK' });
    await settleMicrotasks();
    await clock.advance(100);
    await rejected;
    assert(outcomes[0]?.kind === 'failed');
    assert.equal(outcomes[0].error.reason, 'DRAINING');
  });
});
