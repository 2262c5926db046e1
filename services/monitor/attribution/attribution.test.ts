import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  calm,
  ReleaseTraffic,
  type Surroundings,
} from '../../../test/monitor-sim/release-traffic.ts';
import { SimulatedRelease } from '../../../test/monitor-sim/simulated-release.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { ParityAuditor } from '../audit/parity-auditor.ts';
import { Ledger } from '../core/ledger.ts';
import { AttributionDesk } from './attribution-desk.ts';

const model = 'm';

/** A release that was served for some minutes, and everything that blame is decided from. */
async function served(around: Surroundings, excess: number) {
  const release = new SimulatedRelease();
  const ledger = new Ledger(new Map(), 100_000);
  const traffic = new ReleaseTraffic(seededRandom(3), release, (prediction) =>
    ledger.prediction({
      ...prediction,
      tier: 'MODEL',
      failure: prediction.skippedReason,
    }),
  );
  await release.promote();
  for (let second = 0; second < 60; second += 1) await traffic.second(calm);
  let action = 'keep';
  for (let second = 0; second < 200 && action === 'keep'; second += 1) {
    await traffic.second(around, excess);
    action = await release.look();
  }
  return { release, ledger };
}

/** Audits 400 answers, each with one value; the recomputation gives another one where it is planted. */
async function audited(isSkewed: boolean): Promise<ParityAuditor> {
  const bytes = (value: number) => Buffer.from(Float64Array.of(value).buffer);
  const auditor = new ParityAuditor({
    recomputer: {
      recompute: (_, rows) =>
        Promise.resolve(
          rows.map((_row, index) => ({
            values: bytes(isSkewed && index === 7 ? 2 : 1),
            statuses: Buffer.alloc(1),
          })),
        ),
    },
    clock: systemClock,
    share: 1,
    onError: (error) => assert.fail(String(error)),
  });
  for (let index = 0; index < 400; index += 1) {
    const keys = [String(index)];
    const vector = { values: bytes(1), statuses: Buffer.alloc(1) };
    const row = { keys, atMs: 1, logOffset: 1, featureSetHash: 'f' };
    auditor.offer({ predictionId: String(index), model, ...vector, ...row });
  }
  await auditor.start();
  await eventually('all are audited', () => auditor.figures(model).checked === 400, 30_000);
  await auditor.stop();
  return auditor;
}

interface Planted {
  readonly around?: Surroundings;
  readonly excess?: number;
  readonly isSkewed?: boolean;
  readonly drifting?: number;
}

async function causeOf({ around = calm, excess = 0, isSkewed = false, drifting = 0 }: Planted) {
  const { release, ledger } = await served(around, excess);
  const auditor = await audited(isSkewed);
  const desk = new AttributionDesk({
    guard: release.guard,
    parityOf: (name) => auditor.figures(name),
    peersOf: (name) => ledger.recentPeerFailures(name, release.clock.epoch()),
    windowOf: () => ({ windowsJudged: 1, inputsDrifting: drifting, outputsMoved: 0 }),
    services: { firing: () => [] },
  });
  return desk.find(model, release.clock.epoch(), 0);
}

describe('AttributionDesk', () => {
  it('blames nobody while all is well', async () =>
    assert.equal((await causeOf({})).cause, 'none'));
  it('blames the version that fails where the one before does not, on the same requests', async () =>
    assert.equal((await causeOf({ excess: 0.1 })).cause, 'model'));
  it('blames the feature pipeline for one audited answer that differs', async () =>
    assert.equal((await causeOf({ isSkewed: true })).cause, 'features'));
  it('blames the dependency that both versions fail at, and no version', async () => {
    assert.equal((await causeOf({ around: { ...calm, away: 0.3 } })).cause, 'dependency');
    const both = await causeOf({ around: { ...calm, failing: 0.3 } });
    assert.equal(both.cause, 'dependency');
    assert.match(both.findings[2]?.why ?? '', /both versions fail alike: errors \d+ of/);
  });
  it('blames the world for inputs that have left the reference, where features are right', async () =>
    assert.equal((await causeOf({ drifting: 3 })).cause, 'world'));
});
