import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { settingsOf } from '../../services/cli/certs/tls-folder.ts';
import { checkConsole } from '../../services/cli/check-console.ts';
import type { SettingsFile } from '../../services/cli/serve/settings-file.ts';
import { connect } from '../../services/client/index.ts';
import { openClientTls } from '../../services/shared/platform/grpc/tls/client-tls.ts';
import { processNames } from '../../services/shared/platform/process/service-name.ts';
import type { TlsSettings } from '../../services/shared/platform/process/tls-settings.ts';
import { compareTraces } from '../support/compare-traces.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { freePort } from '../support/free-port.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { startReceiver, telemetryTo } from '../support/otlp-receiver.ts';
import {
  loopbackAddresses,
  ServedProcess,
  separateData,
  separateKeys,
  writeSettings,
} from '../support/served-mesh.ts';
import { meshPath, trainedData, untilWarm } from '../support/small-flights/start-small-flights.ts';

/** Prepares the mesh with a command of somebody else, and asks it for predictions until its model answers. */
async function checkServed(settings: SettingsFile): Promise<void> {
  const { addresses, dataDirectory, tls } = settings;
  mkdirSync(dataDirectory);
  const path = writeSettings(dataDirectory, settings);
  const prepared = await mlmeshBeside('prepare', '--settings', path);
  assert.equal(prepared.status, 0, prepared.stderr);
  assert.match(prepared.stdout, /mesh small-flights is prepared/);
  const listed = await mlmeshBeside('models', 'list', '--settings', path);
  assert.match(listed.stdout, /flight-delay/);
  const client = connect({ router: addresses.router, monitor: addresses.monitor[0], tls });
  try {
    await untilWarm(client, 'real');
  } finally {
    client.close();
  }
}

/** Gives two free ports, the second at most as far above the first as settings can say. */
async function portAndOffset(): Promise<{ readonly port: number; readonly offset: number }> {
  for (;;) {
    const [port, other] = [await freePort(), await freePort()];
    if (other > port && other - port <= 10_000) return { port, offset: other - port };
  }
}

/** Reads the metrics of a service over TLS, and refuses to without a certificate. */
async function checkMetrics(port: number, { authority, certificate, key }: TlsSettings) {
  const read = async (own: RequestOptions) => {
    const path = '/metrics';
    const asking = get({ port, path, ca: readFileSync(authority), agent: false, ...own });
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    return [answer.statusCode, await text(answer)] as const;
  };
  const [status, metrics] = await read({
    cert: readFileSync(certificate),
    key: readFileSync(key),
  });
  assert.equal(status, 200);
  assert.match(metrics, /^mesh_router_answers_count\{/m);
  assert.equal((await read({}))[0], 401);
}

describe('mlmesh serve', () => {
  it('runs the services and the console one by one with TLS, data of their own and a replica that is not there, and drains each', async () => {
    using folder = temporaryFolder();
    const data = await trainedData();
    const directories = separateData(data, folder.path);
    rmSync(data, { recursive: true, force: true });
    const options = separateKeys(directories.registry, join(folder.path, 'signing'));
    const certificates = join(folder.path, 'tls');
    const made = await mlmeshBeside('certs', 'init', '--dir', certificates, '--person', 'ada');
    assert.equal(made.status, 0, made.stderr);
    const tls = settingsOf(certificates, 'people', 'ada');
    const mesh = resolve(meshPath);
    const { port, offset: metricsPortOffset } = await portAndOffset();
    const consoleAddress = `127.0.0.1:${await freePort()}`;
    const addresses = {
      ...(await loopbackAddresses()),
      router: [`127.0.0.1:${port}`],
      console: [consoleAddress],
    } as const;
    // A collector stands between the services and the monitor; it has the certificate of a service, as theirs.
    await using receiver = await startReceiver(
      addresses.monitor[0],
      settingsOf(certificates, 'services', 'monitor'),
    );
    const shared = {
      ...{ mesh, addresses, bind: '0.0.0.0' },
      options: { ...options, router: { ...options.router, traceShare: 1 } },
      ...telemetryTo(receiver),
    };
    const running: ServedProcess[] = [];
    try {
      using health = openClientTls(tls);
      for (const service of processNames) {
        const dataDirectory =
          service === 'console' ? join(folder.path, service) : directories[service];
        mkdirSync(dataDirectory, { recursive: true });
        const own = {
          ...{ dataDirectory, tls: settingsOf(certificates, 'services', service) },
          ...(service === 'router' && { metricsPortOffset }),
        };
        const path = writeSettings(dataDirectory, { ...shared, ...own });
        const served = new ServedProcess([service, '--replica', '1'], {
          environment: { MLMESH_SETTINGS: path },
        });
        running.push(served);
        const [address] = addresses[service];
        if (service !== 'console') await served.untilWell(address, health);
      }
      const adas = { ...shared, dataDirectory: join(folder.path, 'ada'), tls };
      await checkServed(adas);
      await checkMetrics(port + metricsPortOffset, tls);
      await compareTraces(addresses, tls, receiver);
      await eventually(
        'the console serves',
        () => checkConsole(consoleAddress, AbortSignal.timeout(5_000), health).catch(() => false),
        30_000,
      );
      for (const served of running.reverse()) {
        assert.equal(await served.end('SIGTERM'), 0, served.text);
      }
    } finally {
      for (const served of running) await served.end('SIGKILL');
    }
  });

  it('refuses what it can not run, and says why', async () => {
    using folder = temporaryFolder();
    const addresses = await loopbackAddresses();
    const path = writeSettings(folder.path, { dataDirectory: folder.path, addresses });
    const refused = async (...args: readonly string[]) => {
      const { status, stderr } = await mlmeshBeside('serve', ...args);
      return { status, stderr };
    };
    const none = await refused('router');
    assert.equal(none.status, 2);
    assert.match(none.stderr, /wanted --settings <file>, or its path in MLMESH_SETTINGS/);
    const service = await refused('proxy', '--settings', path);
    assert.match(service.stderr, /wanted one of registry, .*, got 'proxy'/);
    const mesh = await refused('router', '--settings', path);
    assert.match(mesh.stderr, /name it with --mesh <mesh>, or as 'mesh' in/);
    const replica = await refused('prediction', '--settings', path, '--replica', '3');
    assert.match(replica.stderr, /wanted replica 3 of prediction, but .* has 2/);
    const host = await refused('prediction', '--settings', path);
    assert.match(host.stderr, /none on a machine named .*; say which one runs here/);
    const missing = await refused('router', '--settings', join(folder.path, 'none.json'));
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /none\.json, which has the settings/);
  });
});
