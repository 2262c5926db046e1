import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameLedger, type SentFrame } from './frame-ledger.ts';

function ledgerOf(overdueMax: number) {
  const counted = { freed: 0 };
  const ledger = new FrameLedger(overdueMax, () => {
    counted.freed += 1;
  });
  return { ledger, counted };
}

describe('frame ledger', () => {
  it('frees a frame with the last of its answers', () => {
    const { ledger, counted } = ledgerOf(2);
    const frame = ledger.sent(2);
    ledger.answered(frame, false);
    assert.equal(counted.freed, 0);
    ledger.answered(frame, false);
    assert.deepEqual([counted.freed, ledger.overdue], [1, 0]);
  });

  it('frees a frame when what is unanswered is given up, in either order, and not again when that answer comes', () => {
    for (const isGivenUpFirst of [true, false]) {
      const { ledger, counted } = ledgerOf(2);
      const frame = ledger.sent(2);
      if (isGivenUpFirst) ledger.givenUp(frame);
      ledger.answered(frame, false);
      if (!isGivenUpFirst) ledger.givenUp(frame);
      assert.deepEqual([counted.freed, ledger.overdue], [1, 1]);
      ledger.answered(frame, true);
      assert.deepEqual([counted.freed, ledger.overdue], [1, 0]);
    }
  });

  it('keeps a frame that is one too many overdue, until it or an overdue one is answered', () => {
    const { ledger, counted } = ledgerOf(1);
    const [first, second, third] = [ledger.sent(1), ledger.sent(1), ledger.sent(1)];
    for (const frame of [first, second, third]) ledger.givenUp(frame);
    assert.deepEqual([counted.freed, ledger.overdue], [1, 1]);
    ledger.answered(third, true);
    assert.deepEqual([counted.freed, ledger.overdue], [2, 1]);
    ledger.answered(first, true);
    assert.deepEqual([counted.freed, ledger.overdue], [3, 1]);
    ledger.answered(second, true);
    assert.deepEqual([counted.freed, ledger.overdue], [3, 0]);
  });

  it('frees each frame once, whatever the order, and bounds what is overdue', () => {
    const act = fc.record({
      what: fc.constantFrom('send', 'giveUp', 'answer'),
      which: fc.nat(1_000),
      batches: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), fc.nat(3), (acts, overdueMax) => {
        const frames = new Frames(overdueMax);
        for (const { what, which, batches } of acts) {
          if (what === 'send') frames.send(batches);
          else frames[what](which);
          frames.check();
        }
        frames.answerAll();
        frames.check();
      }),
    );
  });
});

interface SentBatch {
  readonly frame: SentFrame;
  isGivenUp: boolean;
  isAnswered: boolean;
}

/** Frames in any state, next to what the ledger makes of them. */
class Frames {
  readonly #overdueMax: number;
  readonly #under: ReturnType<typeof ledgerOf>;
  readonly #frames: SentBatch[][] = [];

  constructor(overdueMax: number) {
    this.#overdueMax = overdueMax;
    this.#under = ledgerOf(overdueMax);
  }

  send(batches: number): void {
    const frame = this.#under.ledger.sent(batches);
    const newBatch = () => ({ frame, isGivenUp: false, isAnswered: false });
    this.#frames.push(Array.from({ length: batches }, newBatch));
  }

  giveUp(which: number): void {
    const batch = this.#open(which);
    if (batch === undefined || batch.isGivenUp) return;
    batch.isGivenUp = true;
    this.#under.ledger.givenUp(batch.frame);
  }

  answer(which: number): void {
    const batch = this.#open(which);
    if (batch === undefined) return;
    batch.isAnswered = true;
    this.#under.ledger.answered(batch.frame, batch.isGivenUp);
  }

  answerAll(): void {
    while (this.#open(0) !== undefined) this.answer(0);
  }

  check(): void {
    const { ledger, counted } = this.#under;
    const isAnswered = (batches: readonly SentBatch[]) => batches.every((one) => one.isAnswered);
    const answered = this.#frames.filter(isAnswered).length;
    const over = this.#frames.filter((batches) =>
      batches.every((one) => one.isAnswered || one.isGivenUp),
    ).length;
    assert.equal(ledger.overdue, Math.min(over - answered, this.#overdueMax));
    assert.equal(counted.freed, answered + ledger.overdue);
  }

  #open(which: number): SentBatch | undefined {
    const open = this.#frames.flat().filter(({ isAnswered }) => !isAnswered);
    return open[which % Math.max(1, open.length)];
  }
}
