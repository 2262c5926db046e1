import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { moveServable, type ServableState, servableStates } from './servable-state.ts';

const allowed = new Set([
  'new loading',
  'new unloaded',
  'loading warming',
  'loading unloading',
  'loading failed',
  'warming ready',
  'warming unloading',
  'warming failed',
  'ready draining',
  'ready failed',
  'draining ready',
  'draining unloading',
  'draining failed',
  'unloading unloaded',
  'unloading failed',
  'failed new',
  'failed unloaded',
]);

describe('moveServable', () => {
  for (const from of servableStates) {
    for (const to of servableStates) {
      const isAllowed = allowed.has(`${from} ${to}`);
      it(`${isAllowed ? 'allows' : 'refuses'} ${from} to ${to}`, () => {
        if (isAllowed) assert.equal(moveServable(from, to), to);
        else assert.throws(() => moveServable(from, to), /a servable cannot go/);
      });
    }
  }

  it('reaches every state from new', () => {
    const reached = new Set<ServableState>(['new']);
    for (const from of reached) {
      for (const to of servableStates) if (allowed.has(`${from} ${to}`)) reached.add(to);
    }
    assert.equal(reached.size, servableStates.length);
  });
});
