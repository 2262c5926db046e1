import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { Sessions } from './sessions.ts';

function sessionsOf() {
  const clock = new ManualClock();
  let made = 0;
  const newId = () => {
    made += 1;
    return `id ${made}`;
  };
  return { clock, sessions: new Sessions(clock, newId) };
}

describe('Sessions', () => {
  it('keeps the token of whoever has signed in until they leave', () => {
    const { sessions } = sessionsOf();
    const id = sessions.begin('of ada');
    assert.equal(sessions.tokenOf(id), 'of ada');
    assert.equal(sessions.tokenOf('id 2'), undefined);
    sessions.end(id);
    assert.equal(sessions.tokenOf(id), undefined);
  });

  it('ends a session after twelve hours', async () => {
    const { clock, sessions } = sessionsOf();
    const id = sessions.begin('of ada');
    await clock.advance(12 * 3_600_000 - 1);
    assert.equal(sessions.tokenOf(id), 'of ada');
    await clock.advance(1);
    assert.equal(sessions.tokenOf(id), undefined);
  });

  it('lets go of the one who signed in first where there are too many', () => {
    const { sessions } = sessionsOf();
    const ids = Array.from({ length: 257 }, (_, index) => sessions.begin(`of ${index}`));
    assert.equal(sessions.tokenOf(ids[0] ?? ''), undefined);
    assert.equal(sessions.tokenOf(ids[1] ?? ''), 'of 1');
    assert.equal(sessions.tokenOf(ids[256] ?? ''), 'of 256');
  });
});
