import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { parseAction } from './actions.ts';

const reason = 'late answers';
const rollback = { kind: 'rollback', model: 'flight-delay', fromVersion: 3, reason };

describe('parseAction', () => {
  it('reads each kind with its fields, and drops what is not its own', () => {
    const actions = [
      { kind: 'rollback', model: 'm', fromVersion: 3 },
      { kind: 'promote', model: 'm', alias: 'production', version: 4, expectedGeneration: 0 },
      { kind: 'quarantine', model: 'm', version: 4, isCleared: false },
      { kind: 'hold-ramp', model: 'm', isHeld: true },
      { kind: 'advance-ramp', model: 'm', expectedGeneration: 2 },
      { kind: 'silence', alertId: 'alert-1', durationMs: 3_600_000 },
    ];
    for (const action of actions) {
      assert.deepEqual(parseAction({ ...action, reason: ` ${reason} `, isForced: true }), {
        action,
        reason,
      });
    }
  });

  it('asks nobody why a silence ends', () => {
    const action = { kind: 'end-silence', silenceId: 'silence-1' };
    assert.deepEqual(parseAction(action), { action, reason: '' });
  });

  it('refuses what is no action, naming the first field that is wrong', () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      [undefined, 'body'],
      ['rollback', 'body'],
      [{}, 'kind'],
      [{ ...rollback, reason: undefined }, 'reason'],
      [{ kind: 'silence', alertId: '', durationMs: 1, reason }, 'alertId'],
      [{ ...rollback, reason: '   ' }, 'reason'],
      [{ ...rollback, reason: 'x'.repeat(501) }, 'reason'],
      [{ ...rollback, kind: 'delete' }, 'kind'],
      [{ ...rollback, model: '' }, 'model'],
      [{ ...rollback, fromVersion: -1 }, 'fromVersion'],
      [{ ...rollback, fromVersion: '3' }, 'fromVersion'],
      [{ ...rollback, fromVersion: 2.5 }, 'fromVersion'],
      [{ kind: 'hold-ramp', model: 'm', isHeld: 'yes', reason }, 'isHeld'],
    ];
    for (const [value, field] of wrong) {
      assert.throws(
        () => parseAction(value),
        (error) =>
          error instanceof MeshError &&
          error.reason === 'INVALID_FIELD' &&
          error.violations[0]?.field === field,
        field,
      );
    }
  });
});
