import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mesh } from '../../../test/support/flights-sample-mesh.ts';
import { computeVersion } from '../../shared/compute/plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import type { AnswerBlock } from './answer-codec.ts';
import { nullCode } from './event-table.ts';
import { LoggedRows, type LoggedValues } from './logged-rows.ts';

const [featureSet] = mesh.featureSets;
assert.ok(featureSet !== undefined);
const columns = viewColumnsOf(featureSet).length;
const airports = ['A', 'B'];

/** An entity at a time: the origin and destination by their places in `airports`. */
interface Asked {
  readonly origin: number;
  readonly destination: number;
  readonly t: number;
}

interface Answer extends Asked {
  readonly isErased: boolean;
}

const asked = fc.record({
  origin: fc.nat({ max: 1 }),
  destination: fc.nat({ max: 1 }),
  t: fc.nat({ max: 12 }),
});
const answer = fc.record({
  origin: fc.nat({ max: 1 }),
  destination: fc.nat({ max: 1 }),
  t: fc.nat({ max: 12 }),
  isErased: fc.boolean(),
});

/** Values tell which answer they are of: its number in front, the column behind. */
function blockOf(answers: readonly Answer[], firstAnswer: number): AnswerBlock {
  const values = answers.flatMap((_, row) =>
    Array.from({ length: columns }, (_cell, column) => (firstAnswer + row) * 100 + column),
  );
  return {
    firstAnswer,
    featureSetHash: featureSet?.hash ?? '',
    computeVersion,
    rows: answers.length,
    keys: answers.flatMap((each) => keysOf(each)),
    atMs: Float64Array.from(answers, ({ t }) => t),
    logOffsets: new Float64Array(answers.length),
    values: Float64Array.from(values),
    statuses: new Uint8Array(values.length),
    valueHashes: new Uint8Array(answers.length * 8),
  };
}

function keysOf({ origin, destination }: Asked): readonly string[] {
  const texts = new Map([
    ['origin', airports[origin] ?? ''],
    ['destination', airports[destination] ?? ''],
  ]);
  return (featureSet?.joinKeys ?? []).map((name) => texts.get(name) ?? '');
}

function lookUp(
  spine: readonly Asked[],
  { answers, blockRows, ageMs }: Logged,
  hasKeys: (row: number) => boolean = () => true,
): LoggedValues {
  assert.ok(featureSet !== undefined);
  const codes = (pick: (each: Asked) => number) =>
    Uint32Array.from(spine, (each, row) => (hasKeys(row) ? pick(each) : nullCode));
  const texts = new Map([
    ['origin', { dictionary: airports, codes: codes(({ origin }) => origin) }],
    ['destination', { dictionary: airports, codes: codes(({ destination }) => destination) }],
  ]);
  const rows = new LoggedRows(
    featureSet,
    { atMs: Float64Array.from(spine, ({ t }) => t), texts },
    ageMs,
  );
  const starts: number[] = [];
  for (let from = 0; from < answers.length; from += blockRows) starts.push(from);
  for (const from of starts.reverse()) {
    const some = answers.slice(from, from + blockRows);
    const erased = Uint8Array.from(some, ({ isErased }) => (isErased ? 1 : 0));
    rows.offer(blockOf(some, from + 1), erased.includes(1) ? erased : new Uint8Array(0));
  }
  return rows.finish();
}

interface Logged {
  readonly answers: readonly Answer[];
  readonly blockRows: number;
  readonly ageMs: number;
}

/** Number of the answer that counts for a row by the letter; 0 when there is none or it was erased. */
function answerOf(wanted: Asked, { answers, ageMs }: Logged): number {
  let best = -1;
  answers.forEach((each, index) => {
    const isOwn = each.origin === wanted.origin && each.destination === wanted.destination;
    if (!isOwn || each.t > wanted.t || each.t < wanted.t - ageMs) return;
    if (best < 0 || each.t >= (answers[best]?.t ?? 0)) best = index;
  });
  return answers[best]?.isErased === false ? best + 1 : 0;
}

describe('LoggedRows', () => {
  it('finds what a search through all answers finds', () => {
    fc.assert(
      fc.property(
        fc.array(asked, { maxLength: 12 }),
        fc.array(answer, { maxLength: 24 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 8 }),
        (unordered, answers, blockRows, ageMs) => {
          const spine = [...unordered].sort((left, right) => left.t - right.t);
          const logged = { answers, blockRows, ageMs };
          const found = lookUp(spine, logged);
          const wanted = spine.map((each) => answerOf(each, logged));
          const rows = wanted.flatMap((number, row) => (number > 0 ? [row] : []));
          assert.deepEqual([...found.rows], rows);
          for (const [cell, { column }] of viewColumnsOf(featureSet).entries()) {
            const { viewIndex, featureIndex } = column;
            const width = featureSet.views[viewIndex]?.features.length ?? 0;
            rows.forEach((row, index) => {
              const value = found.views[viewIndex]?.[index * width + featureIndex];
              assert.equal(value, (wanted[row] ?? 0) * 100 + cell);
            });
          }
        },
      ),
      { numRuns: 2_000, seed: 20_261_124 },
    );
  });

  it('takes an answer of the very begin of the age and none from before or after', () => {
    const at = (t: number): Answer => ({ origin: 0, destination: 1, t, isErased: false });
    const rowsWith = (t: number) =>
      lookUp([at(10)], { answers: [at(t)], blockRows: 1, ageMs: 5 }).rows.length;
    assert.deepEqual([4, 5, 10, 11].map(rowsWith), [0, 1, 1, 0]);
  });

  it('has no answer for a row without its keys', () => {
    const one: Answer = { origin: 0, destination: 0, t: 3, isErased: false };
    const logged = { answers: [one], blockRows: 1, ageMs: 0 };
    assert.deepEqual([...lookUp([one, one], logged, (row) => row === 1).rows], [1]);
  });
});
