import { clusteredMean } from '../../services/monitor/core/statistics/clustered-mean.ts';
import { EntitySums } from '../../services/monitor/core/statistics/entity-sums.ts';
import {
  type GateVerdict,
  judgePairs,
  pairedGatePolicy,
} from '../../services/monitor/core/statistics/paired-gate.ts';
import type { Random } from '../../services/shared/kernel/clock.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { zipfDraws } from './draws.ts';
import type { SimPart } from './sim-part.ts';

const pairs = 6_000;
const looks = 1_000;
const { margin } = pairedGatePolicy;

/** How often a shadow is worse and better than production, pair by pair; losses are 0 and 1. */
interface Discordance {
  readonly worse: number;
  readonly better: number;
}

/** Exactly at the margin, where neither verdict is right. 0.01: each pair that differs is one that the shadow lost. */
const atMargin: readonly Discordance[] = [0.01, 0.05, 0.2].map((differing) => ({
  worse: (differing + margin) / 2,
  better: (differing - margin) / 2,
}));
const asGood: Discordance = { worse: 0.025, better: 0.025 };

/** Errors of the paired gate over all looks, and how often a version that is as good passes. */
export const gatePart: SimPart = {
  name: 'gate',
  keys: ['gate_error', 'gate_error_entities', 'gate_power'],
  run: ({ seed, runs, advance }) => {
    const parts = atMargin.length + 2;
    const share = (index: number, run: (random: Random) => GateVerdict) => {
      const random = seededRandom(seed + index);
      const counts: Record<GateVerdict, number> = { PASS: 0, FAIL: 0, INCONCLUSIVE: 0 };
      for (let done = 0; done < runs; done += 1) {
        counts[run(random)] += 1;
        advance((index + (done + 1) / runs) / parts);
      }
      return { pass: counts.PASS / runs, fail: counts.FAIL / runs };
    };
    const errors = atMargin.map((given, index) =>
      share(index, (random) => sequential(random, given)),
    );
    const entities = share(atMargin.length, byEntities);
    const power = share(atMargin.length + 1, (random) => sequential(random, asGood));
    return {
      gate_error: Math.max(...errors.flatMap(({ pass, fail }) => [pass, fail])),
      gate_error_pass: Math.max(...errors.map(({ pass }) => pass)),
      gate_error_fail: Math.max(...errors.map(({ fail }) => fail)),
      gate_error_entities: Math.max(entities.pass, entities.fail),
      gate_power: power.pass,
    };
  },
};

/** Looks a thousand times, and stops at the first verdict. Each entity has one pair, so sums are all that its estimate needs. */
function sequential(random: Random, { worse, better }: Discordance): GateVerdict {
  let [count, sum, differing] = [0, 0, 0];
  for (let look = 1; look <= looks; look += 1) {
    for (; count < (look * pairs) / looks; count += 1) {
      const drawn = random.next();
      const difference = drawn < worse ? 1 : drawn < worse + better ? -1 : 0;
      sum += difference;
      differing += Math.abs(difference);
    }
    const mean = sum / count;
    const variance = (differing - count * mean * mean) / (count - 1);
    const estimate = { count, entities: count, mean, variance };
    const { verdict } = judgePairs({ difference: estimate, differing }, pairedGatePolicy);
    if (verdict !== 'INCONCLUSIVE') return verdict;
  }
  return 'INCONCLUSIVE';
}

/**
 * The same at the margin with 500 entities that come by Zipf's law and differ: on an entity the shadow is worse or better in a share of pairs of its own, 0 to 10 % around the margin. Looks a hundred
 * times.
 */
function byEntities(random: Random): GateVerdict {
  const draw = zipfDraws(random, 500);
  const worse = Float64Array.from(
    { length: 500 },
    () => 0.05 + margin / 2 + (random.next() - 0.5) / 10,
  );
  const sums = new EntitySums();
  let differing = 0;
  for (let pair = 1; pair <= pairs; pair += 1) {
    const entity = draw();
    const drawn = random.next();
    const difference = drawn < (worse[entity] ?? 0) ? 1 : drawn < 0.1 ? -1 : 0;
    sums.add(String(entity), difference);
    differing += Math.abs(difference);
    if (pair % 60 !== 0) continue;
    const { verdict } = judgePairs(
      { difference: clusteredMean(sums.rows()), differing },
      pairedGatePolicy,
    );
    if (verdict !== 'INCONCLUSIVE') return verdict;
  }
  return 'INCONCLUSIVE';
}
