import { decideRollback } from '../../services/monitor/core/rollback/decide-rollback.ts';
import type { GuardInputs } from '../../services/monitor/core/rollback/guard-inputs.ts';
import {
  type FailureKind,
  failureKinds,
  recordServed,
  type ServedCounts,
  type ServedStretches,
  servedWithin,
  stretchMs,
} from '../../services/monitor/core/rollback/served-window.ts';
import {
  rateRatioStart,
  stepRateRatio,
} from '../../services/monitor/core/statistics/rate-ratio-sequence.ts';
import type { Random } from '../../services/shared/kernel/clock.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { drawBinomial, medianOf } from './draws.ts';
import type { SimPart } from './sim-part.ts';

const requestsPerSecond = 50;
const holdbackShare = 0.05;
const days = 6;
const blipsPerDay = 6;
const dayMs = 86_400_000;

type Shares = Readonly<Record<FailureKind, number>>;

/** What goes wrong in a healthy service. */
const usual: Shares = { errors: 0.002, timeouts: 0.001, fallbacks: 0.003, slow: 0.01 };

/** When something that both versions depend on fails, and in which share of requests. */
interface Blip {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly share: number;
}

/** Rollbacks that should not be, and how long those that should be take. */
export const rollbackPart: SimPart = {
  name: 'rollback',
  keys: ['false_rollbacks', 'detect_3pct_s', 'detect_20pct_s'],
  run: ({ seed, runs, advance }) => {
    // Ten times six days at full size: a rate rather than luck.
    const repeats = Math.max(1, Math.round(runs / 200));
    const stretches = Array.from({ length: repeats }, (_, index) =>
      quietDays(seededRandom(seed + index * 1_000), (share) =>
        advance((0.7 * (index + share)) / repeats),
      ),
    );
    const detections = Math.max(20, Math.round(runs / 5));
    const times = (excess: number, from: number) =>
      Array.from({ length: detections }, (_, index) => {
        advance(0.7 + 0.15 * (from + index / detections));
        return detectionSeconds(seededRandom(seed + index + 1), excess);
      });
    const [small, large] = [times(0.03, 0), times(0.2, 1)];
    return {
      false_rollbacks: stretches[0] ?? 0,
      [`false_rollbacks_${repeats * days}_days`]: stretches.reduce((sum, one) => sum + one, 0),
      detect_3pct_s: medianOf(small),
      detect_3pct_p95_s: small.toSorted((a, b) => a - b)[Math.floor(small.length * 0.95)] ?? 0,
      detect_20pct_s: medianOf(large),
      detections,
    };
  },
};

/** Six days with six blips a day; gives how often a healthy version was taken back, or the model left for the fallback. */
function quietDays(random: Random, advance: (share: number) => void): number {
  const blips = Array.from({ length: days * blipsPerDay }, () => drawBlip(random));
  let guarded = newGuarded();
  let rollbacks = 0;
  for (let atMs = 0; atMs < days * dayMs; atMs += stretchMs) {
    const blip = blips.find(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
    const shares = blip === undefined ? usual : during(blip);
    guarded = serve(guarded, atMs, { random, current: shares, previous: shares });
    if (decide(guarded, atMs + stretchMs) !== 'keep') {
      rollbacks += 1;
      guarded = newGuarded();
    }
    if (atMs % 600_000 === 0) advance(atMs / (days * dayMs));
  }
  return rollbacks;
}

/** 30 s to 5 min, in 5 to 50 % of requests. */
function drawBlip(random: Random): Blip {
  const fromMs = random.next() * days * dayMs;
  return {
    fromMs,
    untilMs: fromMs + 30_000 + random.next() * 270_000,
    share: 0.05 + random.next() * 0.45,
  };
}

/** A dependency that fails makes errors, and some requests wait for it or leave the model. */
function during({ share }: Blip): Shares {
  return {
    errors: usual.errors + share,
    timeouts: usual.timeouts + share / 2,
    fallbacks: usual.fallbacks + share / 2,
    slow: usual.slow + share / 2,
  };
}

/** Ten healthy minutes, then `excess` more errors of the new version; gives seconds until it is taken back, at most an hour. */
function detectionSeconds(random: Random, excess: number): number {
  const healthyMs = 600_000;
  const worse = { ...usual, errors: usual.errors + excess };
  let guarded = newGuarded();
  for (let atMs = 0; atMs < healthyMs + 3_600_000; atMs += stretchMs) {
    const current = atMs < healthyMs ? usual : worse;
    guarded = serve(guarded, atMs, { random, current, previous: usual });
    const untilMs = atMs + stretchMs;
    if (atMs >= healthyMs && decide(guarded, untilMs) === 'rollback')
      return (untilMs - healthyMs) / 1_000;
  }
  return 3_600;
}

/** What a monitor keeps of a promoted version. */
interface Guarded {
  readonly current: ServedStretches;
  readonly previous: ServedStretches;
  readonly rateRatios: GuardInputs['rateRatios'];
}

function newGuarded(): Guarded {
  const start = rateRatioStart;
  const rateRatios = { errors: start, timeouts: start, fallbacks: start, slow: start };
  return { current: [], previous: [], rateRatios };
}

interface Traffic {
  readonly random: Random;
  readonly current: Shares;
  readonly previous: Shares;
}

function serve(guarded: Guarded, atMs: number, traffic: Traffic): Guarded {
  const { random } = traffic;
  const requests = (requestsPerSecond * stretchMs) / 1_000;
  const held = drawBinomial(random, requests, holdbackShare);
  const current = drawServed(random, requests - held, traffic.current);
  const previous = drawServed(random, held, traffic.previous);
  const ratios = failureKinds.map((kind) => [
    kind,
    stepRateRatio(
      guarded.rateRatios[kind],
      { requests: current.requests, failures: current[kind] },
      { requests: previous.requests, failures: previous[kind] },
    ),
  ]);
  return {
    current: recordServed(guarded.current, atMs, current),
    previous: recordServed(guarded.previous, atMs, previous),
    rateRatios: { ...guarded.rateRatios, ...Object.fromEntries(ratios) },
  };
}

function drawServed(random: Random, requests: number, shares: Shares): ServedCounts {
  return {
    requests,
    errors: drawBinomial(random, requests, shares.errors),
    timeouts: drawBinomial(random, requests, shares.timeouts),
    fallbacks: drawBinomial(random, requests, shares.fallbacks),
    slow: drawBinomial(random, requests, shares.slow),
  };
}

/** Asks the guard with all of its defaults. */
function decide({ current, previous, rateRatios }: Guarded, atMs: number) {
  const lately = (stretches: ServedStretches) => ({
    oneMinute: servedWithin(stretches, atMs, 60_000),
    fiveMinutes: servedWithin(stretches, atMs, 300_000),
  });
  return decideRollback({
    atMs,
    version: 'new',
    countedUntilMs: atMs,
    current: lately(current),
    previous: lately(previous),
    rateRatios,
    hard: {
      crashes: 0,
      signatureFailures: 0,
      schemaFailures: 0,
      notFinite: 0,
      goldenMismatches: 0,
    },
    slowHarm: {},
    target: { version: 'old', isWarm: true, isVerified: true, isQuarantined: false },
    isHeldByHuman: false,
    isFrozen: false,
    rollbacksOfPromotion: 0,
  }).action;
}
