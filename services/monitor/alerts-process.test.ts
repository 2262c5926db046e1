import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../test/support/eventually.ts';
import { RunningMonitor } from '../../test/support/running-monitor.ts';

const waitMs = 60_000;
const prediction = {
  predictionId: '0123456789abcdef-000000000001',
  model: 'm',
  tier: 'TIER_MODEL' as const,
  version: 2,
  role: 'ROLE_PRODUCTION' as const,
  score: 0.5,
  latencyMs: 5,
  atMs: 1_000,
};

describe('alerts of the monitor process', () => {
  let directory: string;
  let monitor: RunningMonitor;
  let client: RunningMonitor['client'];
  let receiver: Server;
  const told: string[] = [];

  const start = async () => {
    const { port } = receiver.address() as AddressInfo;
    monitor = await RunningMonitor.start({
      folder: directory,
      meshModule: join(directory, 'mesh.mjs'),
      options: { alertWebhooks: `http://127.0.0.1:${port}/` },
    });
    client = monitor.client;
  };
  /** Has a router say how many records it dropped since its start. */
  const drop = (dropped: number) => monitor.log({ dropped, predictions: [prediction] });
  const only = async (all = false) => {
    const listed = await client.listAlerts({ includeResolved: all });
    const alerts = listed.alerts.filter(({ rule }) => rule === 'dropped-records');
    assert.ok(alerts.length <= 1, `${alerts.length} alerts`);
    return alerts[0];
  };

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mlmesh-alerts-'));
    writeFileSync(
      join(directory, 'mesh.mjs'),
      `export const mesh = { kind: 'mlmesh/mesh', models: { m: { policy: { threshold: 0.5 } }, n: { policy: { threshold: 0.5 } } } };`,
    );
    receiver = createServer(async (request, response) => {
      const chunks = await request.toArray();
      const { status, alert } = JSON.parse(Buffer.concat(chunks).toString());
      told.push(`${alert.id} ${status}`);
      response.end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    await start();
  });
  after(async () => {
    await monitor.kill();
    receiver.closeAllConnections();
    receiver.close();
    rmSync(directory, { recursive: true });
  });

  it('streams an alert as it begins, delivers it, and explains it from what it stored', async () => {
    const leaving = new AbortController();
    const stream = client.watchAlerts({}, { signal: leaving.signal })[Symbol.asyncIterator]();
    const { value: all } = await stream.next();
    assert.deepEqual([all.isAll, all.alerts], [true, []]);
    await drop(7);
    const { value: changed } = await stream.next();
    leaving.abort();
    const [alert] = changed.alerts;
    assert.deepEqual(
      [alert.id, alert.rule, alert.model, alert.state],
      ['alert-1', 'dropped-records', '', 'ALERT_STATE_FIRING'],
    );
    await eventually('it is delivered', () => told.includes('alert-1 firing'), waitMs);
    const explained = await client.explainAlert({ alertId: 'alert-1' });
    assert.ok(explained.isReproduced);
    assert.match(explained.explanation, /^Predictions are missing in the log, since \d{4}-/);
    assert.deepEqual(
      explained.figures.map(({ name, number }) => [name, number]),
      [['droppedRecords', 7]],
    );
  });

  it('blames what versions depend on when requests of a model fail there', async () => {
    const failing = Array.from({ length: 60 }, (_, index) => ({
      ...prediction,
      predictionId: `fedcba9876543210-${index.toString(16).padStart(12, '0')}`,
      model: 'n',
      tier: 'TIER_FALLBACK' as const,
      version: 1,
      assignedVersion: 2,
      skippedReason: 'PEER_UNAVAILABLE',
    }));
    await monitor.log({ batchId: 2, dropped: 7, predictions: failing });
    const degraded = async () =>
      (await client.listAlerts({})).alerts.find(({ rule }) => rule === 'degraded-answers');
    await eventually('it is found', async () => (await degraded()) !== undefined, waitMs);
    const explained = await client.explainAlert({ alertId: (await degraded())?.id ?? '' });
    assert.ok(explained.isReproduced);
    assert.match(
      explained.explanation,
      /Who is to blame: what the versions depend on\. .*60 of 60 requests/,
    );
  });

  it('records who silenced, and keeps alert and silence when the process is killed', async () => {
    const { silence } = await client.silence({
      alertId: 'alert-1',
      durationMs: 3_600_000,
      reason: 'the load test',
    });
    const actor = process.platform === 'linux' ? `local:${userInfo().username}` : 'loopback';
    assert.deepEqual([silence?.id, silence?.actor], ['silence-1', actor]);
    assert.equal((await only())?.state, 'ALERT_STATE_SILENCED');
    const before = await only();
    await monitor.kill();
    await start();
    const after = await only();
    assert.deepEqual(
      [after?.id, after?.state, after?.sinceMs],
      ['alert-1', 'ALERT_STATE_SILENCED', before?.sinceMs],
    );
    assert.equal(after?.silence?.reason, 'the load test');
    assert.ok((await client.explainAlert({ alertId: 'alert-1' })).isReproduced);
    const { silence: ended } = await client.endSilence({ silenceId: 'silence-1' });
    assert.equal(ended?.endedBy, actor);
    assert.deepEqual((await client.listSilences({ includeEnded: false })).silences, []);
    assert.equal((await only())?.state, 'ALERT_STATE_FIRING');
  });

  it('refuses a silence of everything, of nothing that is known, for too long or without a reason', async () => {
    const wanted = { rule: 'r', durationMs: 60_000, reason: 'because' };
    const refused = async (change: object, reason: string) =>
      assert.rejects(client.silence({ ...wanted, ...change }), { reason }, JSON.stringify(change));
    await refused({ rule: '' }, 'INVALID_FIELD');
    await refused({ alertId: 'alert-99' }, 'ALERT_UNKNOWN');
    await refused({ durationMs: 31 * 86_400_000 }, 'INVALID_FIELD');
    await refused({ durationMs: 999 }, 'INVALID_FIELD');
    await refused({ durationMs: Number.NaN }, 'INVALID_FIELD');
    await refused({ reason: '' }, 'INVALID_FIELD');
    await refused({ reason: 'two\nlines' }, 'INVALID_FIELD');
    await assert.rejects(client.endSilence({ silenceId: 'silence-9' }), {
      reason: 'SILENCE_UNKNOWN',
    });
    await assert.rejects(client.explainAlert({ alertId: 'alert-9' }), { reason: 'ALERT_UNKNOWN' });
  });
});
