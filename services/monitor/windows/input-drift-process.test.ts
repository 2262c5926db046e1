import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../../test/support/eventually.ts';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { mesh } from '../../../test/support/flights-sample-mesh.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { artifact, attachments, provenance } from '../../../test/support/provenance.ts';
import { RunningMonitor } from '../../../test/support/running-monitor.ts';
import {
  RunningRegistry,
  registrationOf,
  uploadWhole,
} from '../../../test/support/running-registry.ts';
import { uniformProfile } from '../../../test/support/uniform-profile.ts';
import type { LoggedPrediction } from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import { seededRandom } from '../../shared/kernel/random.ts';

const model = 'late';
const meshModule = fileURLToPath(
  new URL('../../../test/support/flights-sample-mesh.js', import.meta.url),
);
const set = mesh.models[model]?.featureSet;
assert.ok(set !== undefined);
const featureSetHash = set.hash;
const names = set.columns.map(({ name }) => name);
const views = viewColumnsOf(set).length;
const dayMs = 86_400_000;
const beginMs = 11_000 * dayMs;
const perDay = 640;
const within = 90_000;

const random = seededRandom(21);
/** What training saw: all columns uniform on [0, 1). */
const profile = uniformProfile(names, { rows: 40_000, days: 60 }, random);

const bytesOf = (length: number, value: () => number) =>
  Buffer.from(Float64Array.from({ length }, value).buffer);

/** The predictions [from, until) of a day; the request features are shifted. */
function predictions(day: number, [from, until]: readonly [number, number], shift = 0) {
  return Array.from({ length: until - from }, (_, index): LoggedPrediction => {
    const number = day * perDay + from + index;
    return {
      predictionId: `0123456789abcdef-${number.toString(16).padStart(12, '0')}`,
      model,
      tier: 'TIER_MODEL',
      version: 1,
      role: 'ROLE_PRODUCTION',
      score: random.next(),
      keys: [`A${number}`, 'B'],
      stamp: { atMs: 1, logOffset: 1, featureSetHash },
      values: bytesOf(views, () => random.next()),
      statuses: Buffer.alloc(views),
      requestValues: bytesOf(names.length - views, () => random.next() + shift),
      latencyMs: 5,
      atMs: beginMs + day * dayMs + ((from + index) * dayMs) / perDay,
    };
  });
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function register(registry: RunningRegistry): Promise<void> {
  for (const bytes of [profile, artifact, ...attachments]) {
    await uploadWhole(registry.client, bytes, digestOf(bytes));
  }
  const base = provenance({
    referenceProfileDigest: digestOf(profile),
  });
  const signature = { ...base.signature, featureSetHash };
  await registry.client.registerVersion(registrationOf(model, { ...base, signature }, []));
}

describe('the drift of inputs in a running monitor', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    for (const monitor of running.splice(0)) await monitor.kill();
    folder[Symbol.dispose]();
  });

  const running: RunningMonitor[] = [];
  const startMonitor = async (registry: string) => {
    const place = { folder: `${folder.path}/monitor`, meshModule, registry };
    const monitor = await RunningMonitor.start(place);
    running.push(monitor);
    return monitor;
  };
  const drift = (monitor: RunningMonitor, query: object = {}) =>
    monitor.client.getDrift({ model, ...query });
  const alertsOf = async ({ client }: RunningMonitor) =>
    (await client.listAlerts({})).alerts.filter(({ rule }) => rule === 'input-drift');

  it('is found, named and told apart from what is usual, counts each answer once over a kill, and outlives the registry', async () => {
    await using registry = await RunningRegistry.start(`${folder.path}/registry`);
    await register(registry);
    const first = await startMonitor(registry.address);
    await first.log({ predictions: predictions(0, [0, perDay]) });
    const half = predictions(1, [0, 320]);
    await first.log({ predictions: half });
    await eventually(
      'the first day is judged',
      async () => {
        return (await drift(first)).status === 'DRIFT_STATUS_JUDGED';
      },
      within,
    );
    const usual = await drift(first);
    assert.equal(usual.answers, perDay);
    assert.equal(usual.startMs, beginMs);
    assert.ok(usual.columns.every(({ drifting }) => drifting.length === 0));
    await first.kill();

    const second = await startMonitor(registry.address);
    // Sent again, as a router does that saw no acknowledgement: counted once.
    await second.log({ predictions: half });
    await second.log({ predictions: predictions(1, [320, perDay]) });
    for (const day of [2, 3]) {
      await second.log({ predictions: predictions(day, [0, perDay], 0.5) });
    }
    await second.log({ predictions: predictions(4, [0, 40], 0.5) });
    await eventually('the drift is found', async () => (await alertsOf(second)).length > 0, within);
    const [alert] = await alertsOf(second);
    assert.match(alert?.message ?? '', /2 of 8 inputs of version 1 have left its reference/);
    assert.match(alert?.message ?? '', /hour \(distribution off by 0\.\d+ where 0\.\d+ is usual/);
    assert.equal(alert?.severity, 'SEVERITY_TICKET');
    const explained = await second.client.explainAlert({ alertId: alert?.id ?? '' });
    assert.equal(explained.isReproduced, true);
    assert.match(explained.explanation, /Who is to blame: the world\. .* 2 inputs have left/);
    const found = await drift(second);
    assert.equal(found.startMs, beginMs + 3 * dayMs);
    assert.equal(found.answers, perDay);
    const drifting = found.columns.filter((column) => column.drifting.length > 0);
    assert.deepEqual(drifting.map(({ name }) => name).sort(), ['distance', 'hour']);
    for (const { effect, threshold, adjustedPValue, drifting: aspects } of drifting) {
      assert.ok(effect > 0.4 && effect > threshold && adjustedPValue < 1e-9);
      assert.deepEqual(
        aspects.map(({ sinceMs }) => sinceMs),
        [beginMs + 4 * dayMs],
      );
    }
    // A day that was cut in two by a kill has each of its answers once.
    const cut = await drift(second, { untilMs: beginMs + 2 * dayMs });
    assert.equal(cut.answers, perDay);
    assert.ok(Math.abs(cut.effectiveRows - perDay) < 0.15 * perDay, `${cut.effectiveRows}`);
    const open = await drift(second, { isOpen: true });
    assert.deepEqual([open.status, open.answers], ['DRIFT_STATUS_OPEN', 40]);
    await second.kill();
    await registry.kill();

    const third = await startMonitor(registry.address);
    // Who is to blame is said from what is known now.
    const { attribution, ...again } = await drift(third);
    assert.equal(attribution?.cause, 'world');
    assert.deepEqual({ ...again, attribution: found.attribution }, found);
    assert.equal((await drift(third, { isOpen: true })).answers, 40);
    await eventually(
      'the alert is there again',
      async () => (await alertsOf(third)).length > 0,
      within,
    );
  });

  it('says what it lacks while there is no registry, and counts what came meanwhile when there is', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const monitor = await startMonitor(address);
    assert.equal((await drift(monitor)).status, 'DRIFT_STATUS_NOTHING');
    await monitor.log({ predictions: predictions(0, [0, 100]) });
    await eventually(
      'it says why',
      async () => {
        const { status, gap } = await drift(monitor);
        return (
          status === 'DRIFT_STATUS_WAITING' &&
          /100 answers wait/.test(gap) &&
          /cannot be reached/.test(gap)
        );
      },
      within,
    );
    await using registry = await RunningRegistry.start(`${folder.path}/registry`, {}, address);
    await register(registry);
    await eventually(
      'all of them are counted',
      async () => {
        const { status, answers } = await drift(monitor);
        return status === 'DRIFT_STATUS_OPEN' && answers === 100;
      },
      within,
    );
    await assert.rejects(drift(monitor, { model: 'none' }), { reason: 'MODEL_UNKNOWN' });
  });
});
