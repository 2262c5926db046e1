import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AlertBook, type AlertBookOptions } from './alert-book.ts';
import type { AlertChange } from './alert-record.ts';
import type { FiringAlert } from './alert-source.ts';

const found = (change: Partial<FiringAlert> = {}): FiringAlert => ({
  rule: 'r',
  model: 'm',
  subject: '',
  severity: 'PAGE',
  message: 'it is bad',
  evidence: { count: 1 },
  ...change,
});
const bookWith = (times: { pendingMs?: number; clearMs?: number } = {}, limits = {}) => {
  const options: AlertBookOptions = {
    ruleOf: () => ({ pendingMs: 0, clearMs: 0, ...times }),
    activeMax: 10,
    resolvedMax: 10,
    resolvedKeepMs: 1_000,
    ...limits,
  };
  return new AlertBook(options);
};
const moves = (changes: readonly AlertChange[]) =>
  changes.map(({ alert, before }) => `${before ?? 'NONE'}>${alert.state}`);

describe('AlertBook', () => {
  it('fires at once and is over at once where its rule waits for nothing', () => {
    const book = bookWith();
    assert.deepEqual(moves(book.update([found()], 10)), ['NONE>FIRING']);
    assert.deepEqual(book.update([found()], 20), []);
    assert.deepEqual(moves(book.update([], 30)), ['FIRING>RESOLVED']);
    const [{ sinceMs, firedMs, untilMs } = assert.fail()] = book.resolved();
    assert.deepEqual([sinceMs, firedMs, untilMs], [10, 10, 30]);
  });

  it('is pending for as long as its rule wants, and never fired when it is over before', () => {
    const book = bookWith({ pendingMs: 10 });
    assert.deepEqual(moves(book.update([found()], 0)), ['NONE>PENDING']);
    assert.deepEqual(book.update([found()], 9), []);
    assert.deepEqual(moves(book.update([], 9)), ['PENDING>RESOLVED']);
    assert.deepEqual([book.active(), book.resolved()], [[], []]);
    book.update([found()], 20);
    assert.deepEqual(moves(book.update([found()], 30)), ['PENDING>FIRING']);
    assert.equal(book.active()[0]?.firedMs, 30);
  });

  it('stays one alert when its cause comes and goes within the time that its rule gives', () => {
    const book = bookWith({ clearMs: 10 });
    book.update([found()], 0);
    assert.deepEqual(book.update([], 9), []);
    assert.deepEqual(book.update([found()], 9), []);
    assert.deepEqual(book.update([], 18), []);
    assert.deepEqual(moves(book.update([], 19)), ['FIRING>RESOLVED']);
    assert.deepEqual(moves(book.update([found()], 20)), ['NONE>FIRING']);
    assert.equal(book.active()[0]?.number, 2);
  });

  it('is one alert for each rule, model and subject, however often it is found', () => {
    const book = bookWith();
    const all = [found(), found(), found({ subject: 'a' }), found({ model: 'n' })];
    assert.equal(book.update(all, 0).length, 3);
  });

  it('keeps what it was decided from, beside what was found last', () => {
    const book = bookWith();
    book.update([found()], 0);
    book.update([found({ message: 'worse', evidence: { count: 9 } })], 1);
    const [{ message, evidence, decidedFrom } = assert.fail()] = book.active();
    assert.deepEqual([message, evidence, decidedFrom], ['worse', { count: 9 }, { count: 1 }]);
  });

  it('is silenced while a silence covers it, and fires again behind its end', () => {
    const book = bookWith();
    book.update([found({ subject: 'a' }), found({ subject: 'b' })], 0);
    const scope = { rule: 'r', model: '', subject: 'a' };
    const silence = book.silence({ ...scope, fromMs: 1, untilMs: 10, actor: 'me', reason: 'x' });
    const both = [found({ subject: 'a' }), found({ subject: 'b' })];
    const changes = book.update(both, 1);
    assert.deepEqual(moves(changes), ['FIRING>SILENCED']);
    assert.equal(changes[0]?.alert.silence, silence.number);
    assert.deepEqual(book.update(both, 9), []);
    assert.deepEqual(moves(book.update(both, 10)), ['SILENCED>FIRING']);
  });

  it('was never told of when it was silenced from its begin to its end', () => {
    const book = bookWith();
    const scope = { rule: '', model: 'm', subject: '' };
    book.silence({ ...scope, fromMs: 0, untilMs: 100, actor: 'me', reason: 'x' });
    assert.deepEqual(moves(book.update([found()], 1)), ['NONE>SILENCED']);
    const [{ alert } = assert.fail()] = book.update([], 2);
    assert.deepEqual([alert.state, alert.isTold], ['RESOLVED', false]);
  });

  it('ends a silence before its time once, by whoever was first', () => {
    const book = bookWith();
    const { number } = book.silence({
      ...{ rule: 'r', model: '', subject: '' },
      ...{ fromMs: 0, untilMs: 100, actor: 'me', reason: 'x' },
    });
    assert.deepEqual(book.endSilence(number, 'you', 5)?.untilMs, 5);
    assert.deepEqual(book.endSilence(number, 'they', 6)?.endedBy, 'you');
    assert.equal(book.endSilence(99, 'you', 5), undefined);
  });

  it('leaves out and counts what is more than its limit', () => {
    const book = bookWith({}, { activeMax: 1 });
    book.update([found(), found({ subject: 'a' })], 0);
    assert.deepEqual([book.active().length, book.leftOut], [1, 1]);
  });

  it('lets go of the oldest that are over, and says which', () => {
    const book = bookWith({}, { resolvedMax: 1 });
    book.update([found(), found({ subject: 'a' })], 0);
    book.update([], 1);
    assert.deepEqual(
      book.resolved().map(({ number }) => number),
      [2],
    );
    assert.deepEqual([book.takeForgotten(), book.takeForgotten()], [[1], []]);
  });

  it('lets go of what was over for longer than it is kept, but of the newest, so that no number is used again', () => {
    const book = bookWith({}, { resolvedKeepMs: 100 });
    book.update([found(), found({ subject: 'a' })], 0);
    book.update([], 1);
    book.update([], 101);
    assert.equal(book.hasForgotten, false);
    book.update([], 102);
    assert.deepEqual([book.hasForgotten, book.takeForgotten()], [true, [1]]);
    const numbers = book.resolved().map(({ number }) => number);
    assert.deepEqual([numbers, book.hasForgotten], [[2], false]);
  });

  it('goes on with what was kept: the same alerts, and numbers that were never used', () => {
    const book = bookWith({ clearMs: 10 });
    book.update([found(), found({ subject: 'a' })], 0);
    book.update([found()], 10);
    const kept = { alerts: [...book.active(), ...book.resolved()], silences: book.silences() };
    const next = bookWith({ clearMs: 10 });
    next.restore(kept, 100);
    assert.deepEqual(next.update([], 109), [], 'sources may need a while to find it again');
    assert.deepEqual(next.update([found()], 109), []);
    assert.equal(next.alert(2)?.state, 'RESOLVED');
    next.update([found({ subject: 'b' })], 200);
    assert.equal(next.active()[0]?.number, 3);
  });
});
