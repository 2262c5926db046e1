import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerOf, promoted } from '../../../test/monitor-sim/simulated-release.ts';
import { CounterBook } from './counter-book.ts';
import { noReference, VersionReader } from './version-reader.ts';

const key = { model: 'm', version: promoted };

describe('CounterBook', () => {
  /** A book whose references are on disk, and how often one was read. */
  function made() {
    let reads = 0;
    const book = new CounterBook(() => {
      reads += 1;
      return new VersionReader(noReference);
    });
    const answer = (sequence: number) =>
      book.count(
        answerOf({ predictionId: String(sequence), receivedAtMs: 1, atMs: 60_000, intake: 1 }),
      );
    const version = () => {
      const found = book.version(key);
      assert.ok(found);
      return found;
    };
    return { book, answer, version, reads: () => reads };
  }

  it('lets go of the reference of a version that has no open window and does not answer, and reads it again when it does', () => {
    const { book, answer, version, reads } = made();
    answer(1);
    book.take(0);
    version().oldestOpenMs = Number.POSITIVE_INFINITY;
    book.letIdleGo(); // it has answered since it began
    assert.equal(version().isAway, false);
    book.letIdleGo();
    assert.deepEqual([version().isAway, version().reader], [true, undefined]);
    assert.equal(reads(), 1);
    answer(2);
    assert.deepEqual([version().isAway, version().answers, reads()], [false, 2, 2]);
    assert.equal(version().waitingAnswers, 0);
    assert.equal(book.take(0).minutes[0]?.counts.cohorts.model.answers, 1);
  });

  it('keeps that of a version whose window is open, however long it is silent', () => {
    const { book, answer, version } = made();
    answer(1);
    for (let look = 0; look < 5; look += 1) book.letIdleGo();
    assert.equal(version().isAway, false);
  });

  it('asks again for a reference that is gone from the disk as well', () => {
    const readers = [new VersionReader(noReference)];
    const book = new CounterBook(() => readers.shift());
    const count = () =>
      book.count(answerOf({ predictionId: 'a', receivedAtMs: 1, atMs: 60_000, intake: 1 }));
    count();
    const version = book.version(key);
    assert.ok(version);
    version.oldestOpenMs = Number.POSITIVE_INFINITY;
    book.letIdleGo();
    book.letIdleGo();
    count();
    assert.deepEqual(
      [version.isAway, version.reader, version.waitingAnswers],
      [false, undefined, 1],
    );
  });
});
