import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeLoader, plannedHang } from '../../../test/support/fake-loader.ts';
import { ManualClock, settleMicrotasks } from '../../../test/support/manual-clock.ts';
import { servableSpec } from '../../../test/support/servable-spec.ts';
import { floatMatrix } from '../../shared/compute/tensor/float-matrix.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { InferScheduler } from '../core/infer-scheduler.ts';
import type { KnownVersion } from '../core/servable-spec.ts';
import type { AliasPosition } from '../core/wanted-set.ts';
import type { ServableName } from '../ports.ts';
import { RequestedModels } from './requested-models.ts';
import { ServableManager } from './servable-manager.ts';

const never = new AbortController().signal;
const limits = { servablesMax: 10, memoryBytesMax: 100, loadsMax: 1, slowLoadMs: 5_000 };

function known(version: number): KnownVersion {
  return { model: 'late', version, spec: servableSpec({ version, memoryBytes: 30 }) };
}

function bench(kept: readonly ServableName[] = [], threadsPerServable = 1) {
  const bounds = { ...limits, threadsPerServable };
  const clock = new ManualClock();
  const loader = new FakeLoader();
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
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
    limits: bounds,
    retryMs: 100,
    retryMsMax: 300,
    unloadMsMax: 1_000,
    onStuck: silent,
    log,
  });
  const file = { names: kept, writes: [] as string[] };
  const registry = { isDown: false };
  const requested = new RequestedModels({
    manager,
    lookup: {
      find: (_, version = 9) =>
        registry.isDown
          ? Promise.reject(
              new MeshError({ code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE', message: 'down' }),
            )
          : Promise.resolve(known(version)),
    },
    file: {
      read: () => Promise.resolve(file.names),
      write: (names) => {
        file.names = names;
        file.writes.push(names.map(({ version }) => version).join(' '));
        return Promise.resolve();
      },
    },
    limits: bounds,
    clock,
    log,
  });
  const point = (...aliases: readonly [string, number][]) => {
    const at = ([alias, version]: (typeof aliases)[number]): AliasPosition => ({
      model: 'late',
      alias,
      version,
    });
    requested.follow({ versions: [1, 2, 3, 4].map(known), aliases: aliases.map(at) });
  };
  const hosted = () =>
    manager.statuses(undefined).map(({ version, role, state }) => `${version} ${role} ${state}`);
  const ask = async (version: number) => {
    await clock.advance(1);
    const deadline = monotonicMs(clock.monotonic() + 50);
    const inputs = [floatMatrix(new Float32Array(1), 1)];
    const job = { rows: 1, inputs, priority: 'production', deadline, onSettled: silent } as const;
    scheduler.submit(manager.laneOf('late', version), { ...job, caller: { isCancelled: false } });
    await settleMicrotasks();
  };
  return { clock, loader, manager, requested, registry, file, point, hosted, ask };
}

describe('RequestedModels', () => {
  it('hosts what is asked for beside what aliases point to, and takes it down again', async () => {
    const { requested, point, hosted, file } = bench();
    point(['production', 1]);
    await requested.load('late', 2, never);
    assert.deepEqual(hosted(), ['1 production ready', '2 requested ready']);
    assert.deepEqual(file.names, [{ model: 'late', version: 2 }]);
    await requested.release('late', 2, never);
    assert.deepEqual(hosted(), ['1 production ready']);
    assert.deepEqual(file.names, []);
  });

  it('loads the newest version where none is named', async () => {
    const { requested, hosted } = bench();
    await requested.load('late', undefined, never);
    assert.deepEqual(hosted(), ['9 requested ready']);
    await requested.release('late', undefined, never);
    assert.deepEqual(hosted(), []);
  });

  it('makes room by what was used least recently, never by what an alias points to', async () => {
    const { requested, point, hosted, ask, clock } = bench();
    point(['production', 1]);
    await requested.load('late', 2, never);
    await clock.advance(1);
    await requested.load('late', 3, never);
    await ask(2);
    await clock.advance(1);
    await requested.load('late', 4, never);
    assert.deepEqual(hosted(), ['1 production ready', '2 requested ready', '4 requested ready']);
  });

  it('refuses what does not fit beside what aliases point to', async () => {
    const { requested, point, hosted } = bench();
    point(['production', 1], ['shadow', 2], ['canary', 3]);
    await settleMicrotasks();
    const error = { code: 'RESOURCE_EXHAUSTED', reason: 'MEMORY_FULL' };
    await assert.rejects(requested.load('late', 4, never), error);
    assert.equal(hosted().length, 3);
  });

  it('counts the memory of each thread', async () => {
    const { requested, point } = bench([], 2);
    point(['production', 1]);
    await settleMicrotasks();
    const error = { code: 'RESOURCE_EXHAUSTED', reason: 'MEMORY_FULL' };
    await assert.rejects(requested.load('late', 2, never), error);
  });

  it('says what a load failed with, and does not try again', async () => {
    const { requested, loader, hosted, file } = bench();
    loader.failing.add(2);
    await assert.rejects(requested.load('late', 2, never), { reason: 'ARTIFACT_CORRUPT' });
    assert.deepEqual(hosted(), []);
    assert.deepEqual(file.names, []);
  });

  it('refuses to take down what an alias points to, and what is not there', async () => {
    const { requested, point } = bench();
    point(['production', 1]);
    const used = { code: 'FAILED_PRECONDITION', reason: 'VERSION_IN_USE' };
    await assert.rejects(requested.release('late', 1, never), used);
    await assert.rejects(requested.release('late', 7, never), { reason: 'VERSION_UNKNOWN' });
    await assert.rejects(requested.release('early', undefined, never), { reason: 'MODEL_UNKNOWN' });
  });

  it('refuses at once to take down what an alias came to point to, and keeps the request', async () => {
    const { requested, point, hosted, file } = bench();
    await requested.load('late', 2, never);
    point(['shadow', 2]);
    const used = { code: 'FAILED_PRECONDITION', reason: 'VERSION_IN_USE' };
    await assert.rejects(requested.release('late', 2, never), used);
    await assert.rejects(requested.release('late', undefined, never), used);
    point();
    assert.deepEqual(hosted(), ['2 requested ready']);
    assert.deepEqual(file.names, [{ model: 'late', version: 2 }]);
  });

  it('says of a stuck version that it cannot be taken down', async () => {
    const { requested, loader, file } = bench();
    await requested.load('late', 2, never);
    loader.onStuck.get(2)?.(plannedHang);
    await assert.rejects(requested.release('late', 2, never), { reason: 'WORKER_STUCK' });
    assert.deepEqual(file.names, []);
  });

  it('says so of one whose threads do not end', async () => {
    const { requested, loader } = bench();
    loader.hanging.add(2);
    await requested.load('late', 2, never);
    await assert.rejects(requested.release('late', 2, never), { reason: 'WORKER_STUCK' });
  });

  it('takes down what is released though the version of an alias fails to load', async () => {
    const { requested, loader, point, hosted } = bench();
    loader.failing.add(1);
    await requested.load('late', 2, never);
    point(['production', 1]);
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['1 production failed', '2 requested ready']);
    await requested.release('late', 2, never);
    assert.deepEqual(hosted(), ['1 production failed']);
  });

  it('gives up the wait of a caller who goes, and loads on', async () => {
    const { requested, loader, hosted } = bench();
    loader.slow.set(2, () => undefined);
    const leaving = new AbortController();
    const loading = requested.load('late', 2, leaving.signal);
    await settleMicrotasks();
    leaving.abort(new Error('gone'));
    await assert.rejects(loading, /gone/);
    assert.deepEqual(hosted(), ['2 requested loading']);
    loader.slow.get(2)?.();
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['2 requested ready']);
  });

  it('loads a version anew that is asked for while it is taken down', async () => {
    const { requested, loader, hosted } = bench();
    await requested.load('late', 2, never);
    loader.lingering.set(2, () => undefined);
    const releasing = requested.release('late', 2, never);
    await settleMicrotasks();
    const loading = requested.load('late', 2, never);
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['2 requested unloading']);
    loader.lingering.get(2)?.();
    await Promise.all([releasing, loading]);
    assert.deepEqual(hosted(), ['2 requested ready']);
  });

  it('ends the wait for an unload that a load overtakes while calls still run', async () => {
    const { requested, loader, hosted, ask } = bench();
    loader.hanging.add(2);
    await requested.load('late', 2, never);
    await ask(2);
    const releasing = requested.release('late', 2, never);
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['2 requested draining']);
    await requested.load('late', 2, never);
    await releasing;
    assert.deepEqual(hosted(), ['2 requested ready']);
  });

  it('keeps a version that an alias points to meanwhile, and counts it there', async () => {
    const { requested, point, hosted } = bench();
    await requested.load('late', 2, never);
    point(['production', 2]);
    assert.deepEqual(hosted(), ['2 production ready']);
    point(['production', 3]);
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['2 requested ready', '3 production ready']);
  });

  it('is ready when the registry was heard and all of production answers', async () => {
    const { requested, loader, point } = bench();
    assert.equal(requested.isReady, false);
    await requested.load('late', 2, never);
    assert.equal(requested.isReady, false);
    point();
    assert.equal(requested.isReady, true);
    loader.slow.set(1, () => undefined);
    point(['production', 1], ['shadow', 3]);
    await settleMicrotasks();
    assert.equal(requested.isReady, false);
    loader.slow.get(1)?.();
    await settleMicrotasks();
    assert.equal(requested.isReady, true);
    point(['production', 4]);
    assert.equal(requested.isReady, true, 'version 1 answers while it loads');
  });

  it('is not ready while a version of production does not fit into the limits', async () => {
    const { requested, hosted } = bench();
    const spec = servableSpec({ version: 1, memoryBytes: limits.memoryBytesMax + 1 });
    requested.follow({
      versions: [{ model: 'late', version: 1, spec }],
      aliases: [{ model: 'late', alias: 'production', version: 1 }],
    });
    await settleMicrotasks();
    assert.deepEqual(hosted(), []);
    assert.equal(requested.isReady, false);
  });

  it('brings back what made room for a load that fails', async () => {
    const { requested, loader, hosted, file, clock } = bench();
    for (const version of [1, 2, 3]) {
      await requested.load('late', version, never);
      await clock.advance(1);
    }
    loader.failing.add(4);
    await assert.rejects(requested.load('late', 4, never), { reason: 'ARTIFACT_CORRUPT' });
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['1 requested ready', '2 requested ready', '3 requested ready']);
    assert.deepEqual(file.writes.at(-1)?.split(' ').sort(), ['1', '2', '3']);
  });

  it('brings it back though the caller of the load has gone', async () => {
    const { requested, loader, hosted, clock } = bench();
    for (const version of [1, 2, 3]) {
      await requested.load('late', version, never);
      await clock.advance(1);
    }
    loader.lingering.set(1, () => undefined);
    loader.failing.add(4);
    const leaving = new AbortController();
    const loading = requested.load('late', 4, leaving.signal);
    await settleMicrotasks();
    leaving.abort(new Error('gone'));
    await assert.rejects(loading, /gone/);
    assert.deepEqual(hosted()[0], '1 requested unloading');
    loader.lingering.get(1)?.();
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['1 requested ready', '2 requested ready', '3 requested ready']);
  });

  it('does not bring back what made room and was released meanwhile', async () => {
    const { requested, loader, hosted, file, clock } = bench();
    for (const version of [1, 2, 3]) {
      await requested.load('late', version, never);
      await clock.advance(1);
    }
    loader.slow.set(4, () => undefined);
    const rejected = assert.rejects(requested.load('late', 4, never), {
      reason: 'ARTIFACT_CORRUPT',
    });
    await settleMicrotasks();
    await requested.release('late', 1, never);
    loader.failing.add(4);
    loader.slow.get(4)?.();
    await rejected;
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['2 requested ready', '3 requested ready']);
    assert.equal(file.writes.at(-1), '2 3');
  });

  it('brings back what made room for a load that had to make room itself for one that fails', async () => {
    const { requested, loader, hosted, clock, ask } = bench();
    for (const version of [1, 2, 3]) {
      await requested.load('late', version, never);
      await clock.advance(1);
    }
    loader.slow.set(4, () => undefined);
    const evicted = assert.rejects(requested.load('late', 4, never), { reason: 'MODEL_NOT_READY' });
    await ask(2);
    await ask(3);
    loader.failing.add(8);
    const failed = assert.rejects(requested.load('late', 8, never), { reason: 'ARTIFACT_CORRUPT' });
    await settleMicrotasks();
    loader.slow.get(4)?.();
    await Promise.all([evicted, failed]);
    await settleMicrotasks();
    assert.deepEqual(hosted(), ['1 requested ready', '2 requested ready', '3 requested ready']);
  });

  it('keeps the names of what is not restored yet over another restart', async () => {
    const kept = [1, 2, 3].map((version) => ({ model: 'late', version }));
    const { requested, file, loader } = bench(kept);
    loader.failing.add(2);
    await requested.restore(never);
    assert.deepEqual(file.writes.slice(0, -1), ['1 2 3', '2 3 1', '3 1']);
    assert.equal(file.writes.at(-1), '1 3');
  });

  it('does not restore what was released before its turn', async () => {
    const kept = [1, 2].map((version) => ({ model: 'late', version }));
    const { requested, hosted, loader } = bench(kept);
    loader.slow.set(1, () => undefined);
    const restoring = requested.restore(never);
    await settleMicrotasks();
    await requested.release('late', 2, never);
    loader.slow.get(1)?.();
    await restoring;
    assert.deepEqual(hosted(), ['1 requested ready']);
  });

  it('does not keep the name of a version before it was ready once: it may end the process', async () => {
    const { requested, file, loader } = bench();
    loader.slow.set(2, () => undefined);
    const loading = requested.load('late', 2, never);
    await settleMicrotasks();
    const other = requested.load('late', 3, never);
    await settleMicrotasks();
    await requested.release('late', 3, never);
    await assert.rejects(other, { reason: 'MODEL_NOT_READY' });
    assert.deepEqual(file.names, []);
    loader.slow.get(2)?.();
    await loading;
    assert.deepEqual(file.names, [{ model: 'late', version: 2 }]);
  });

  it('comes back after a restart, when the registry does', async () => {
    const { requested, registry, clock, hosted } = bench([{ model: 'late', version: 2 }]);
    registry.isDown = true;
    const restoring = requested.restore(never);
    await settleMicrotasks();
    assert.deepEqual(hosted(), []);
    registry.isDown = false;
    await clock.advance(2_000);
    await restoring;
    assert.deepEqual(hosted(), ['2 requested ready']);
  });
});
