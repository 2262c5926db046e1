import type { Random } from '../../services/shared/kernel/clock.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { medianOf } from './draws.ts';
import { calm, ReleaseTraffic, type Surroundings } from './release-traffic.ts';
import type { SimPart } from './sim-part.ts';
import { SimulatedRelease } from './simulated-release.ts';

const daySeconds = 86_400;
const blipsPerDay = 6;
/** What is asked for, at 2,000 runs: days in which nothing may go back, and seeds of which the median counts. */
const daysWanted = 6;
const detectionsWanted = 200;

/** When something that both versions depend on is unwell, in seconds, and how. */
interface Blip {
  readonly from: number;
  readonly until: number;
  readonly kind: 'failing' | 'slow' | 'away';
  /** Of calls. */
  readonly share: number;
}

/** Rollbacks that should not be, and how long those that should be take: each request through the guard of the monitor, which looks once a second. */
export const rollbackPart: SimPart = {
  name: 'rollback',
  keys: ['false_rollbacks', 'detect_3pct_s', 'detect_20pct_s'],
  run: async ({ seed, runs, advance }) => {
    const days = (daysWanted * runs) / 2_000;
    const detections = Math.max(8, Math.round((detectionsWanted * runs) / 2_000));
    const rollbacks = await quietDays(seededRandom(seed), days, (share) => advance(share * 0.7));
    const timesOf = async (excess: number, from: number) => {
      const times: number[] = [];
      for (let index = 0; index < detections; index += 1) {
        advance(from + (0.15 * index) / detections);
        times.push(await detectionSeconds(seededRandom(seed + index + 1), excess));
      }
      return times;
    };
    const small = await timesOf(0.03, 0.7);
    const large = await timesOf(0.2, 0.85);
    return {
      false_rollbacks: rollbacks,
      rollback_days: days,
      detect_3pct_s: medianOf(small),
      detect_3pct_p95_s: small.toSorted((a, b) => a - b)[Math.floor(small.length * 0.95)] ?? 0,
      detect_20pct_s: medianOf(large),
      detections,
    };
  },
};

/** Days with six blips each; gives how often a healthy version was taken back, or would have been but for its target. */
async function quietDays(
  random: Random,
  days: number,
  advance: (share: number) => void,
): Promise<number> {
  const seconds = Math.round(days * daySeconds);
  const blips = Array.from({ length: Math.ceil(days * blipsPerDay) }, () =>
    drawBlip(random, seconds),
  );
  const release = new SimulatedRelease();
  const traffic = new ReleaseTraffic(random, release);
  let rollbacks = 0;
  await release.promote();
  for (let second = 0; second < seconds; second += 1) {
    const blip = blips.find(({ from, until }) => second >= from && second < until);
    await traffic.second(blip === undefined ? calm : during(blip, random));
    if ((await release.look()) !== 'keep') {
      rollbacks += 1;
      await release.promote();
    }
    if (second % 600 === 0) advance(second / seconds);
  }
  return rollbacks;
}

/** 30 s to 5 min, in 5 to 50 % of calls. */
function drawBlip(random: Random, seconds: number): Blip {
  const from = random.next() * seconds;
  const kinds = ['failing', 'slow', 'away'] as const;
  return {
    from,
    until: from + 30 + random.next() * 270,
    kind: kinds[Math.floor(random.next() * kinds.length)] ?? 'failing',
    share: 0.05 + random.next() * 0.45,
  };
}

/** It comes and goes from second to second; where it is bad the breaker keeps back what production would be asked, and nothing of the shadow's. */
function during({ kind, share }: Blip, random: Random): Surroundings {
  const now = Math.min(0.95, share * 2 * random.next());
  const kept = now > 0.5 ? 0.6 : 0;
  switch (kind) {
    case 'failing':
      return { ...calm, failing: now, kept };
    case 'slow':
      return { ...calm, slow: now, slowness: 2 + 18 * random.next(), kept };
    case 'away':
      return { ...calm, away: now, failing: now / 10, kept };
  }
}

/** Ten healthy minutes, then `excess` more errors of the promoted version; gives seconds until it is taken back, at most an hour. */
async function detectionSeconds(random: Random, excess: number): Promise<number> {
  const release = new SimulatedRelease();
  const traffic = new ReleaseTraffic(random, release);
  await release.promote();
  for (let second = 0; second < 600; second += 1) await traffic.second(calm);
  for (let second = 1; second <= 3_600; second += 1) {
    await traffic.second(calm, excess);
    if ((await release.look()) === 'rollback') return second;
  }
  return 3_600;
}
