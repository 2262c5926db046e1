import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { OutlierDetector, type OutlierPolicy, outlierPolicyDefault } from './outlier-detector.ts';

const policy: OutlierPolicy = { ...outlierPolicyDefault, windowMs: 100, ejectMsMin: 1_000 };
const at = monotonicMs;

/** A detector, and answers and failures of its replicas at a time. */
class Watched {
  readonly detector: OutlierDetector;

  constructor(count: number) {
    this.detector = new OutlierDetector(count, policy);
  }

  answers(index: number, count: number, latencyMs: number, nowMs: number): void {
    for (let one = 0; one < count; one += 1) this.detector.answered(index, latencyMs, at(nowMs));
  }

  failures(index: number, count: number, nowMs: number): void {
    for (let one = 0; one < count; one += 1) this.detector.failed(index, at(nowMs));
  }

  ejected(nowMs: number, count: number): readonly number[] {
    return Array.from({ length: count }, (_, index) => index).filter((index) =>
      this.detector.isEjected(index, at(nowMs)),
    );
  }
}

describe('outlier detector', () => {
  it('leaves out at once a replica that fails where another answers', () => {
    const watched = new Watched(2);
    watched.answers(0, 20, 5, 1_000);
    watched.failures(1, 4, 1_010);
    assert.deepEqual(watched.ejected(1_010, 2), []);
    watched.failures(1, 1, 1_010);
    assert.deepEqual(watched.ejected(1_010, 2), [1]);
    assert.deepEqual(watched.ejected(2_009, 2), [1]);
    assert.deepEqual(watched.ejected(2_010, 2), []);
  });

  it('leaves out a replica that fails where the others are idle', () => {
    const watched = new Watched(2);
    watched.failures(1, 5, 1_000);
    assert.deepEqual(watched.ejected(1_000, 2), [1]);
  });

  it('leaves nobody out for what all suffer from', () => {
    const watched = new Watched(2);
    for (let round = 0; round < 50; round += 1) {
      watched.failures(round % 2, 1, 1_000 + round);
    }
    // The first to reach five is judged against one with four failures of four.
    assert.deepEqual(watched.ejected(1_050, 2), []);
    watched.answers(0, 20, 500, 1_200);
    watched.answers(1, 20, 600, 1_200);
    watched.answers(0, 1, 500, 1_300);
    assert.deepEqual(watched.ejected(1_300, 2), []);
  });

  it('leaves out a replica that is slow where the others are not, at the end of a window', () => {
    const watched = new Watched(3);
    watched.answers(0, 5, 5, 1_000);
    watched.answers(1, 5, 5, 1_001);
    watched.answers(2, 5, 21, 1_001);
    assert.deepEqual(watched.ejected(1_099, 3), []);
    watched.answers(0, 1, 5, 1_100);
    assert.deepEqual(watched.ejected(1_100, 3), [2]);
  });

  it('takes four times nearly nothing for nothing, and few answers too', () => {
    const watched = new Watched(2);
    watched.answers(0, 5, 1, 1_000);
    watched.answers(1, 5, 10, 1_001);
    watched.answers(0, 5, 1, 1_100);
    assert.deepEqual(watched.ejected(1_100, 2), []);
    watched.answers(1, 4, 1_000, 1_101);
    watched.answers(0, 1, 1, 1_200);
    assert.deepEqual(watched.ejected(1_200, 2), []);
  });

  it('never leaves out more than half, and never the only one', () => {
    const single = new Watched(1);
    single.failures(0, 100, 1_000);
    assert.deepEqual(single.ejected(1_000, 1), []);
    const pair = new Watched(2);
    pair.failures(0, 5, 1_000);
    pair.failures(1, 100, 1_001);
    assert.deepEqual(pair.ejected(1_001, 2), [0]);
    const five = new Watched(5);
    five.answers(4, 100, 1, 1_000);
    for (let index = 0; index < 4; index += 1) five.failures(index, 50, 1_000);
    assert.equal(five.ejected(1_000, 5).length, 2);
    assert.equal(five.detector.ejected(at(1_000)), 2);
  });

  it('leaves out for longer each time, up to a limit, and forgives a replica that is well', () => {
    const watched = new Watched(2);
    let nowMs = 1_000;
    const lengths: number[] = [];
    for (let time = 0; time < 7; time += 1) {
      watched.answers(0, 20, 1, nowMs);
      watched.failures(1, 5, nowMs);
      let untilMs = nowMs;
      while (watched.detector.isEjected(1, at(untilMs))) untilMs += 500;
      lengths.push(untilMs - nowMs);
      nowMs = untilMs;
    }
    assert.deepEqual(lengths, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    for (let window = 0; window < 8; window += 1) {
      nowMs += 100;
      watched.answers(1, 5, 1, nowMs);
    }
    watched.answers(0, 20, 1, nowMs);
    watched.failures(1, 6, nowMs);
    assert.deepEqual(watched.ejected(nowMs + 999, 2), [1]);
    assert.deepEqual(watched.ejected(nowMs + 1_000, 2), []);
  });
});
