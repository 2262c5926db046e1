import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { observedMesh } from '../../services/cli/dashboards/observed-mesh.ts';
import { ruleFile } from '../../services/cli/dashboards/rule-file.ts';
import { loadMesh } from '../../services/cli/up/mesh-file.ts';
import { targetsFile } from '../../services/cli/up/metrics-targets.ts';
import type { LoggedPrediction } from '../../services/gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import { hashPoint } from '../../services/shared/kernel/hash-point.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { downloadBlob } from '../../services/shared/platform/grpc/download-blob.ts';
import { eventually } from '../support/eventually.ts';
import { ProfiledPredictions } from '../support/profiled-predictions.ts';
import { PrometheusServer, skipPrometheus } from '../support/prometheus-server.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { askFlight, startMs } from '../support/small-flights/ask-flight.ts';
import {
  meshPath,
  type SmallFlights,
  startSmallFlights,
  trainedData,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
/** Rates over so many seconds, and a fifth of it for what has to hold: the rules are those of a mesh, five minutes in short. */
const windowS = 8;
const waitMs = 180_000;
const dayMs = 86_400_000;
/** More than an embedded store takes for the small mesh, and less than 2 GiB: half of it is to be free. */
const diskBytes = 1_200 * 1024 ** 2;

/** Undefined where this user may mount none. */
const disk = skipPrometheus === false ? SmallDisk.mount(diskBytes) : undefined;

describe('a real Prometheus, with the cause of each alert planted', {
  skip: skipPrometheus,
}, () => {
  let mesh: SmallFlights;
  let prometheus: PrometheusServer;
  let isAsking = true;
  let asking: Promise<unknown>;

  before(async () => {
    // What is slow for other reasons on a machine that is busy is not what these alerts are to find.
    process.env['MLMESH_SMALL_FLIGHTS_BUDGET'] = '250ms';
    const trained = await trainedData();
    const data = disk === undefined ? trained : join(disk.path, 'data');
    if (data !== trained) cpSync(trained, data, { recursive: true });
    // Alerts on counts are over when the counts have stood still for so long.
    mesh = await startSmallFlights({ data, args: ['--monitor', 'alertQuietMs=5000'] });
    const observed = observedMesh((await loadMesh(meshPath)).mesh, windowS);
    prometheus = await PrometheusServer.start(join(mesh.data, targetsFile), ruleFile(observed));
    const ask = async () => {
      while (isAsking) {
        await mesh.client.predict(model, askFlight()).catch(() => undefined);
        await delay(20);
      }
    };
    asking = Promise.all([ask(), ask(), ask(), ask()]);
  });
  after(async () => {
    isAsking = false;
    await asking;
    await prometheus?.[Symbol.asyncDispose]();
    await mesh?.[Symbol.asyncDispose]();
    disk?.[Symbol.dispose]();
  });

  const firing = async () =>
    (await prometheus.firing()).map(({ alertname, rule, service }) =>
      [alertname, rule ?? service].filter((part) => part !== undefined).join(' '),
    );

  /** Does something again and again until alerts have fired, each at some time. */
  async function untilFired(wanted: readonly string[], plant: () => Promise<unknown>) {
    const seen = new Set<string>();
    await eventually(
      `${wanted.join(' and ')} fired`,
      async () => {
        await plant();
        for (const alert of await firing()) seen.add(alert);
        return wanted.every((alert) => seen.has(alert));
      },
      waitMs,
    ).catch((error: unknown) => {
      throw new Error(`wanted ${wanted.join(', ')}, got ${[...seen].join(', ')}`, { cause: error });
    });
  }

  const untilOver = async (alerts: readonly string[]) =>
    await eventually(
      `${alerts.join(' and ')} are over`,
      async () => {
        const now = await firing();
        return !alerts.some((alert) => now.includes(alert));
      },
      waitMs,
    );

  async function log(predictions: readonly LoggedPrediction[]): Promise<void> {
    const frames = (async function* () {
      yield { batchId: 1, dropped: 0, predictions: [...predictions], shadowAnswers: [] };
    })();
    for await (const { batchId } of mesh.services.monitor.logPredictions(frames)) {
      assert.equal(batchId, 1);
    }
  }

  it('raises service-down when a service is killed, again and again, and clears it', async () => {
    await untilOver(['service-down feature']);
    const kill = async () => {
      const pid = mesh.process.pidOf('feature');
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await delay(500);
    };
    await untilFired(['service-down feature'], kill);
    await untilOver(['service-down feature']);
  });

  it('raises latency-over-budget and degraded-answers when a service hangs now and then', async () => {
    const wanted = ['latency-over-budget', 'degraded-answers', 'monitor-alert degraded-answers'];
    await untilOver(wanted);
    const hang = async () => {
      const pid = mesh.process.pidOf('prediction') ?? 0;
      process.kill(pid, 'SIGSTOP');
      await delay(600);
      process.kill(pid, 'SIGCONT');
      await delay(200);
    };
    await untilFired(wanted, hang);
    await untilOver(wanted);
  });

  it('raises feature-parity when a value was served that is not the right one', async () => {
    const wanted = ['monitor-alert feature-parity'];
    await untilOver(wanted);
    const airports = ['ORD', 'LAX', 'ATL', 'DFW', 'PHX', 'DEN', 'LAS', 'STL', 'IAH', 'MSP'];
    const [audited] = airports
      .flatMap((origin) => airports.map((destination) => ({ origin, destination })))
      .filter(({ origin, destination }) => hashPoint('parity', [origin, destination]) < 0.05);
    assert.ok(audited !== undefined);
    const { predictionId } = await mesh.client.predict(model, askFlight({ entities: audited }));
    const known = async () =>
      (await mesh.services.monitor.getPrediction({ predictionId }).catch(() => undefined))
        ?.prediction;
    await eventually('the answer is logged', async () => (await known())?.stamp != null, waitMs);
    const { values = Buffer.alloc(0), ...answer } = (await known()) ?? {};
    const skewed = Buffer.from(values);
    skewed.writeDoubleLE(skewed.readDoubleLE(0) + 1, 0);
    let number = 0;
    await untilFired(wanted, async () => {
      number += 1;
      const id = `00000000000000fe-${number.toString(16).padStart(12, '0')}`;
      await log([{ ...answer, values: skewed, predictionId: id }]);
      await delay(500);
    });
    await untilOver(wanted);
  });

  it('raises input-drift when an input leaves the reference profile', async () => {
    const wanted = ['monitor-alert input-drift'];
    const { featureSet } = (await loadMesh(meshPath)).mesh.models[model] ?? {};
    const { version } = await mesh.services.registry.getVersion({ model, version: 2 });
    const digest = version?.provenance?.referenceProfileDigest;
    assert.ok(featureSet !== undefined && digest !== undefined);
    const signal = AbortSignal.timeout(60_000);
    const profile = await downloadBlob(mesh.services, digest, signal);
    const random = seededRandom(7);
    const made = new ProfiledPredictions({ model, version: 2, profile, featureSet, random });
    // Days far behind those that are asked about beside it.
    let day = Math.floor(startMs / dayMs) + 30;
    const oneDay = async (shifted: string) => {
      const fromMs = day * dayMs;
      await log(made.make(1_000, [fromMs, fromMs + dayMs], shifted));
      day += 1;
      await delay(2_000);
    };
    for (let usual = 0; usual < 4; usual += 1) await oneDay('');
    await untilOver(wanted);
    await untilFired(wanted, () => oneDay('distance'));
    await eventually(
      'it is over',
      async () => {
        await oneDay('');
        return !(await firing()).includes('monitor-alert input-drift');
      },
      waitMs,
    );
  });

  it('raises disk-nearly-full, by itself and by what the monitor sees', {
    skip: disk === undefined && 'this user may mount no disk',
  }, async () => {
    const wanted = ['disk-nearly-full monitor', 'monitor-alert disk-nearly-full'];
    await untilOver(wanted);
    await untilFired(wanted, () => Promise.resolve(disk?.fill(diskBytes / 4)));
    disk?.free();
    await untilOver(wanted);
  });
});
