import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { postJson } from '../../shared/platform/http/post-json.ts';
import { RecordingMetrics } from '../../shared/platform/telemetry/recording-metrics.ts';
import type { AlertRecord, AlertState } from '../core/alert-record.ts';
import { AlertDelivery } from './alert-delivery.ts';
import { AlertmanagerPlan, type DeliveryPlan, WebhookPlan } from './delivery-plan.ts';

const style = { meshName: 'flights', runbooks: 'https://x/', timeText: (ms: number) => `T${ms}` };
const record = (number: number, state: AlertState): AlertRecord => ({
  ...{ rule: 'degraded-answers', model: 'late', subject: '', severity: 'PAGE', message: 'bad' },
  ...{ evidence: {}, decidedFrom: { recentAnswers: 100 }, number, state, sinceMs: 5, firedMs: 5 },
  ...{ seenMs: 6, untilMs: state === 'RESOLVED' ? 9 : 0, silence: 0, isTold: true },
});

describe('AlertDelivery', () => {
  let server: Server;
  let url: string;
  /** Statuses to answer with, then 200. */
  let statuses: number[];
  let bodies: unknown[];
  let clock: ManualClock;
  let metrics: RecordingMetrics;
  let delivery: AlertDelivery;

  beforeEach(async () => {
    [statuses, bodies, clock, metrics] = [[], [], new ManualClock(), new RecordingMetrics()];
    server = createServer(async (request, response) => {
      const chunks = await request.toArray();
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(statuses.shift() ?? 200).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?secret=1`;
  });
  afterEach(async () => {
    await delivery.stop();
    server.closeAllConnections();
    server.close();
  });
  const start = async (plan: DeliveryPlan) => {
    const log = { warn: () => undefined };
    delivery = new AlertDelivery({ url, plan, post: postJson, clock, metrics, log });
    await delivery.start();
  };
  const outcomes = (outcome: string) => metrics.countOf('mesh.monitor.alert_messages', { outcome });
  /** Lets time pass until it is so: retries wait for the clock. */
  const until = (what: string, isSo: () => boolean) =>
    eventually(
      what,
      async () => {
        await clock.advance(60_000);
        return isSo();
      },
      30_000,
    );

  it('sends a webhook each begin and end, in order, and tries again what was not taken', async () => {
    statuses = [503, 429];
    await start(new WebhookPlan(style));
    delivery.offer([{ alert: record(1, 'FIRING'), before: undefined }]);
    delivery.offer([{ alert: record(1, 'RESOLVED'), before: 'FIRING' }]);
    await until('both are taken', () => outcomes('delivered') === 2);
    const told = bodies.map((body) => (body as { status: string }).status);
    assert.deepEqual(told, ['firing', 'firing', 'firing', 'resolved']);
    assert.deepEqual(bodies[3], {
      version: 1,
      status: 'resolved',
      mesh: 'flights',
      alert: {
        ...{ id: 'alert-1', rule: 'degraded-answers', model: 'late', subject: '', message: 'bad' },
        ...{ severity: 'page', since: 'T5', until: 'T9', evidence: { recentAnswers: 100 } },
        runbook: 'https://x/deploy/runbooks/degraded-answers.md',
      },
    });
  });

  it('counts as lost what is refused for good, and goes on', async () => {
    statuses = [404];
    await start(new WebhookPlan(style));
    delivery.offer([{ alert: record(1, 'FIRING'), before: undefined }]);
    delivery.offer([{ alert: record(2, 'FIRING'), before: undefined }]);
    await until('the second is taken', () => outcomes('delivered') === 1);
    assert.deepEqual([outcomes('lost'), bodies.length], [1, 2]);
  });

  it('gives up what a receiver that is down did not take in ten tries', async () => {
    statuses = Array.from({ length: 10 }, () => 500);
    await start(new WebhookPlan(style));
    delivery.offer([{ alert: record(1, 'FIRING'), before: undefined }]);
    await until('it is lost', () => outcomes('lost') === 1);
    assert.equal(bodies.length, 10);
  });

  it('counts as lost what there is no room for', async () => {
    await start(new WebhookPlan(style));
    const many = Array.from({ length: 1_001 }, (_, index) => record(index + 1, 'FIRING'));
    delivery.offer(many.map((alert) => ({ alert, before: undefined })));
    assert.equal(outcomes('lost'), 1);
  });

  it('sends nothing of what is pending or silenced, and no end that had no begin', async () => {
    await start(new WebhookPlan(style));
    delivery.offer([{ alert: record(1, 'PENDING'), before: undefined }]);
    delivery.offer([{ alert: record(2, 'SILENCED'), before: undefined }]);
    const untold = { ...record(3, 'RESOLVED'), isTold: false };
    delivery.offer([{ alert: untold, before: 'SILENCED' }]);
    delivery.offer([{ alert: record(4, 'FIRING'), before: 'SILENCED' }]);
    await until('one is taken', () => outcomes('delivered') === 1);
    assert.equal(bodies.length, 1);
  });

  it('sends an Alertmanager all that fires, again and again, and what is over once', async () => {
    const firing = [record(1, 'FIRING')];
    await start(new AlertmanagerPlan(style, () => firing));
    delivery.offer([{ alert: record(1, 'FIRING'), before: undefined }]);
    await until('it is sent twice', () => outcomes('delivered') >= 2);
    const [first] = bodies as { labels: object; startsAt: string; endsAt: string }[][];
    assert.deepEqual(first?.[0]?.labels, {
      ...{ alertname: 'degraded-answers', mesh: 'flights', severity: 'page', model: 'late' },
    });
    assert.equal(first?.[0]?.startsAt, 'T5');
    firing.length = 0;
    delivery.offer([{ alert: record(1, 'RESOLVED'), before: 'FIRING' }]);
    // One more that says it fires may be on its way.
    const last = () => (bodies.at(-1) as { endsAt: string }[])[0]?.endsAt;
    await until('the end is sent', () => last() === 'T9');
  });
});
