import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Random } from '../../../shared/kernel/clock.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import {
  blockFall,
  blockRows,
  type LabelledAnswer,
  type QualityReference,
  qualityBlock,
} from './quality-fall.ts';

/** How answers come out: entities among which they repeat, how much of a score is chance, and by how much more positives come than it says. */
interface World {
  readonly entities?: number;
  readonly noise?: number;
  readonly surplus?: number;
}

function answersOf(random: Random, { entities = 800, noise = 0, surplus = 0 }: World) {
  return Array.from({ length: blockRows }, (_, index): LabelledAnswer => {
    const odds = 0.02 + 0.4 * random.next();
    const score = noise * (0.02 + 0.4 * random.next()) + (1 - noise) * odds;
    const label = random.next() < odds + surplus ? 1 : 0;
    return { entity: `e${Math.floor(random.next() * entities)}`, atMs: index, score, label };
  });
}

const blockOf = (random: Random, world: World = {}) =>
  qualityBlock(answersOf(random, world)) ?? assert.fail('wanted a block');

/** What the model of this world has, by 40,000 answers of it. */
function referenceOf(random: Random): QualityReference {
  const blocks = Array.from({ length: 40 }, () => blockOf(random));
  const mean = (of: (block: (typeof blocks)[number]) => number) =>
    blocks.reduce((sum, block) => sum + of(block), 0) / blocks.length;
  return { auc: mean(({ auc }) => auc), excessLoss: mean(({ excessLoss }) => excessLoss) };
}

describe('blockFall', () => {
  const random = seededRandom(5);
  const reference = referenceOf(random);
  const fallen = (blocks: number, world: World) =>
    Array.from({ length: blocks }, () => blockFall(blockOf(random, world), reference)).filter(
      ({ isFallen }) => isFallen,
    ).length;

  // 400 blocks: the margin keeps all but a few in a thousand.
  it('finds hardly a block that has fallen where nothing changed, nor where entities repeat', () => {
    assert.ok(fallen(400, {}) <= 2);
    assert.ok(fallen(200, { entities: 40 }) <= 1);
  });

  it('takes a season with more positives for no fall, as long as the version still orders them', () => {
    assert.ok(fallen(100, { surplus: 0.05 }) <= 1);
  });

  it('finds most blocks whose scores are chance', () => {
    assert.ok(fallen(100, { noise: 1 }) >= 90);
  });

  it('finds outcomes that come far more often than any score says', () => {
    assert.ok(fallen(50, { surplus: 0.4 }) >= 45);
  });

  it('says nothing of a block with one label, and is surer of entities that differ', () => {
    const answers = answersOf(random, {});
    assert.equal(qualityBlock(answers.map((answer) => ({ ...answer, label: 0 }))), undefined);
    const [many, few] = [qualityBlock(answers), qualityBlock(asOfTen(answers))];
    assert.ok((few?.aucVariance ?? 0) > 5 * (many?.aucVariance ?? 1));
  });
});

function asOfTen(answers: readonly LabelledAnswer[]): readonly LabelledAnswer[] {
  return answers.map((answer, index) => ({ ...answer, entity: `e${index % 10}` }));
}
