import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { fittingServables, planServables, type ServableSnapshot } from './plan-servables.ts';
import type { ServableState } from './servable-state.ts';

interface Case {
  readonly name: string;
  readonly wanted: readonly string[];
  readonly hosted: Readonly<Record<string, ServableState>>;
  readonly plan: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'adds what is missing',
    wanted: ['a/1', 'a/2'],
    hosted: {},
    plan: ['add a/1', 'add a/2'],
  },
  {
    name: 'loads the first of those that are new, and no more than one at a time',
    wanted: ['a/2', 'a/1'],
    hosted: { 'a/1': 'new', 'a/2': 'new' },
    plan: ['load a/2'],
  },
  {
    name: 'waits while another loads',
    wanted: ['a/1', 'a/2'],
    hosted: { 'a/1': 'warming', 'a/2': 'new' },
    plan: [],
  },
  {
    name: 'is at rest when all is ready',
    wanted: ['a/1', 'a/2'],
    hosted: { 'a/1': 'ready', 'a/2': 'ready' },
    plan: [],
  },
  {
    name: 'keeps the old version until a wanted one is ready',
    wanted: ['a/2'],
    hosted: { 'a/1': 'ready', 'a/2': 'loading' },
    plan: [],
  },
  {
    name: 'drains the old version when a wanted one is ready',
    wanted: ['a/2'],
    hosted: { 'a/1': 'ready', 'a/2': 'ready' },
    plan: ['drain a/1'],
  },
  {
    name: 'does not count another model as the replacement',
    wanted: ['a/2', 'b/1'],
    hosted: { 'a/1': 'ready', 'a/2': 'failed', 'b/1': 'ready' },
    plan: ['retry a/2'],
  },
  {
    name: 'drains the last version of a model that nobody wants any more',
    wanted: [],
    hosted: { 'a/1': 'ready' },
    plan: ['drain a/1'],
  },
  {
    name: 'takes back a drain',
    wanted: ['a/1'],
    hosted: { 'a/1': 'draining' },
    plan: ['resume a/1'],
  },
  {
    name: 'forgets what failed and is not wanted any more',
    wanted: ['a/2'],
    hosted: { 'a/1': 'failed', 'a/2': 'loading' },
    plan: ['forget a/1'],
  },
  {
    name: 'lets a version end its threads that is wanted again, and forgets it then, so that it is added anew',
    wanted: ['a/1', 'a/2'],
    hosted: { 'a/1': 'unloading', 'a/2': 'unloaded' },
    plan: ['forget a/2'],
  },
  {
    name: 'lets a load end that is not wanted any more',
    wanted: [],
    hosted: { 'a/1': 'loading' },
    plan: [],
  },
  {
    name: 'leaves out what exceeds the limit, the least important',
    wanted: ['a/1', 'a/2', 'a/3', 'a/4'],
    hosted: {},
    plan: ['add a/1', 'add a/2', 'add a/3'],
  },
];

function snapshots(hosted: Case['hosted'], change: Partial<ServableSnapshot> = {}) {
  return Object.entries(hosted).map(([id, state]) => ({
    id,
    model: id.slice(0, 1),
    state,
    memoryBytes: 1,
    loadBegunAt: monotonicMs(10),
    retryAt: monotonicMs(10),
    isStuck: false,
    isRequested: false,
    ...change,
  }));
}

function plan(wanted: readonly string[], hosted: readonly ServableSnapshot[], nowMs = 10) {
  return planServables({
    wanted: wanted.map((id) => ({ id, model: id.slice(0, 1), memoryBytes: 1, isPatient: false })),
    hosted,
    now: monotonicMs(nowMs),
    limits: {
      servablesMax: 3,
      memoryBytesMax: 100,
      threadsPerServable: 1,
      loadsMax: 1,
      slowLoadMs: 5_000,
    },
  }).map(({ kind, id }) => `${kind} ${id}`);
}

describe('planServables', () => {
  for (const { name, wanted, hosted, plan: expected } of cases) {
    it(name, () => assert.deepEqual(plan(wanted, snapshots(hosted)), expected));
  }

  it('leaves out what exceeds the memory, and lets smaller ones in behind it', () => {
    const wanted = [60, 50, 40].map((memoryBytes, at) => ({
      id: `a/${at}`,
      model: 'a',
      memoryBytes,
      isPatient: false,
    }));
    const limits = {
      servablesMax: 3,
      memoryBytesMax: 100,
      threadsPerServable: 1,
      loadsMax: 1,
      slowLoadMs: 5_000,
    };
    const ids = fittingServables(wanted, limits).map(({ id }) => id);
    assert.deepEqual(ids, ['a/0', 'a/2']);
  });

  it('counts the memory of each thread of a version', () => {
    const wanted = [10, 20, 15].map((memoryBytes, at) => ({
      id: `a/${at}`,
      model: 'a',
      memoryBytes,
      isPatient: true,
    }));
    const limits = {
      servablesMax: 3,
      memoryBytesMax: 100,
      threadsPerServable: 4,
      loadsMax: 1,
      slowLoadMs: 5_000,
    };
    const ids = fittingServables(wanted, limits).map(({ id }) => id);
    assert.deepEqual(ids, ['a/0', 'a/2']);
    const hosted = snapshots({ 'b/1': 'draining', 'a/0': 'new' }, { memoryBytes: 16 });
    const now = monotonicMs(10);
    assert.deepEqual(planServables({ wanted: wanted.slice(0, 1), hosted, now, limits }), []);
  });

  it('does not take a version that was requested for the replacement of another', () => {
    const actions = planServables({
      wanted: [
        { id: 'a/2', model: 'a', memoryBytes: 1, isPatient: false },
        { id: 'a/3', model: 'a', memoryBytes: 1, isPatient: true },
      ],
      hosted: snapshots({ 'a/1': 'ready', 'a/2': 'loading', 'a/3': 'ready' }),
      now: monotonicMs(10),
      limits: {
        servablesMax: 3,
        memoryBytesMax: 100,
        threadsPerServable: 1,
        loadsMax: 1,
        slowLoadMs: 5_000,
      },
    });
    assert.deepEqual(actions, []);
  });

  it('loads what was requested only where there is memory, and what callers need beside the old', () => {
    const hosted = snapshots({ 'b/1': 'draining', 'a/1': 'new' }, { memoryBytes: 60 });
    for (const isPatient of [true, false]) {
      const actions = planServables({
        wanted: [{ id: 'a/1', model: 'a', memoryBytes: 60, isPatient }],
        hosted,
        now: monotonicMs(10),
        limits: {
          servablesMax: 3,
          memoryBytesMax: 100,
          threadsPerServable: 1,
          loadsMax: 1,
          slowLoadMs: 5_000,
        },
      });
      assert.deepEqual(actions, isPatient ? [] : [{ kind: 'load', id: 'a/1' }]);
    }
  });

  it('drains what was hosted by request though no other version of its model is ready', () => {
    const hosted = snapshots({ 'a/2': 'ready' }, { isRequested: true });
    assert.deepEqual(plan(['a/1'], hosted), ['drain a/2', 'add a/1']);
  });

  it('lets others past a load that is slow, once it is', () => {
    const hosted = snapshots({ 'a/1': 'loading', 'a/2': 'new', 'a/3': 'new' });
    const ids = ['a/1', 'a/2', 'a/3'];
    assert.deepEqual(plan(ids, hosted, 5_009), []);
    assert.deepEqual(plan(ids, hosted, 5_010), ['load a/2']);
  });

  it('tries again only when the time has come', () => {
    assert.deepEqual(plan(['a/1'], snapshots({ 'a/1': 'failed' }), 9), []);
  });

  it('neither forgets nor tries again what is stuck', () => {
    const retryAt = monotonicMs(Number.POSITIVE_INFINITY);
    const stuck = snapshots({ 'a/1': 'failed' }, { isStuck: true, retryAt });
    assert.deepEqual(plan([], stuck), []);
    assert.deepEqual(plan(['a/1'], stuck), []);
  });
});
