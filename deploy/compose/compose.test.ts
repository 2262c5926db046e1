import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { replicaHere, serviceConfigOf } from '../../services/cli/serve/service-settings.ts';
import { readSettings } from '../../services/cli/serve/settings.ts';
import { parseBindAddress } from '../../services/shared/platform/grpc/bind-address.ts';
import { replicasOf } from '../../services/shared/platform/process/mesh-addresses.ts';
import { processNames } from '../../services/shared/platform/process/service-name.ts';

const folder = 'deploy/compose';

interface Mount {
  readonly source: string;
  readonly target: string;
}

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly hostname?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly configs?: readonly Mount[];
  readonly secrets?: readonly (Mount | string)[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Container>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

interface Collector {
  readonly receivers: {
    readonly otlp: { readonly protocols: { readonly grpc: { readonly endpoint: string } } };
  };
  readonly exporters: Readonly<Record<string, { readonly endpoint: string }>>;
  readonly processors: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>>
    >;
  };
}

interface Prometheus {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly scheme: string;
    readonly tls_config: Readonly<Record<string, string>>;
    readonly static_configs: readonly {
      readonly targets: readonly string[];
      readonly labels: Readonly<Record<string, string>>;
    }[];
  }[];
}

function readYaml(name: string): unknown {
  return parse(readFileSync(join(folder, name), 'utf8'), { merge: true });
}

const compose = readYaml('compose.yaml') as Compose; // its fields are looked at below
const settings = readSettings(join(folder, 'settings.json'));
const containers = Object.entries(compose.services);
const ofMesh = containers.filter(([, { command }]) => command?.[0] === 'serve');
const portOf = (address: string) => parseBindAddress(address).port;
const targetsOf = ({ secrets = [] }: Container) =>
  secrets.map((secret) => (typeof secret === 'string' ? `/run/secrets/${secret}` : secret.target));

describe('services of deploy/compose', () => {
  it('runs each replica that the settings name, found by the name of its machine, and no other', () => {
    const replicas = ofMesh.map(([, { command = [], hostname = '' }]) => {
      const service = processNames.find((name) => name === command[1]);
      assert.ok(service !== undefined, command.join(' '));
      const replica = replicaHere(settings, { service, number: undefined, hostName: hostname });
      const address = settings.addresses[service]?.[replica.number - 1] ?? '';
      assert.equal(parseBindAddress(address).host, hostname);
      const served = { meshName: 'flights', meshModule: '/m.mjs', options: {} };
      const config = serviceConfigOf(settings, replica, served);
      assert.equal(config.address, `0.0.0.0:${portOf(address)}`);
      return replica;
    });
    const keys = (list: readonly { service: string; number: number }[]) =>
      new Set(list.map(({ service, number }) => `${service} ${number}`));
    const console = { service: 'console', number: 1 };
    assert.deepEqual(keys(replicas), keys([...replicasOf(settings.addresses), console]));
    assert.ok(settings.addresses.router.length > 1 && settings.addresses.prediction.length > 1);
  });

  it('asks each service on its own port whether it is well, and publishes the ports of routers and the console', () => {
    for (const [name, { command = [], healthcheck, ports = [] }] of ofMesh) {
      const service = processNames.find((known) => known === command[1]) ?? 'router';
      const port = portOf(settings.addresses[service]?.[0] ?? '');
      if (service === 'console') {
        const probe = new RegExp(
          `port: ${port}, path: '/healthz', ca: .*${settings.tls?.authority}`,
        );
        assert.match(healthcheck?.test.join(' ') ?? '', probe);
      } else {
        assert.equal(healthcheck?.test[1], 'grpc-health-probe', name);
        assert.ok(healthcheck.test.includes(`-addr=127.0.0.1:${port}`), name);
      }
      for (const published of ports) assert.ok(published.endsWith(`:${port}`), name);
      assert.equal(ports.length > 0, service === 'router' || service === 'console', name);
    }
  });

  it('mounts every file that the settings of a service name', () => {
    const { tls, options } = settings;
    for (const [name, container] of ofMesh) {
      const { command = [], environment = {}, configs = [] } = container;
      const mounted = new Set(targetsOf(container));
      const text = JSON.stringify([
        tls,
        options[processNames.find((s) => s === command[1]) ?? 'router'],
      ]);
      const named = text.match(/\/(etc\/mlmesh|run\/secrets)\/[^"]+/g) ?? [];
      assert.ok(named.length >= 4, name);
      for (const path of named) assert.ok(mounted.has(path), `${name} lacks ${path}`);
      const { source, target } = configs[0] ?? {};
      assert.equal(environment['MLMESH_SETTINGS'], target, name);
      assert.equal(source, 'settings', name);
    }
  });

  it('runs services on a root that they can not write, without rights, with a volume of their own', () => {
    const volumes = ofMesh.map(([name, { read_only, cap_drop, volumes: own = [] }]) => {
      assert.equal(read_only, true, name);
      assert.deepEqual(cap_drop, ['ALL'], name);
      assert.equal(own.length, 1, name);
      assert.ok(own[0]?.endsWith(`:${settings.dataDirectory}`), name);
      return own[0];
    });
    assert.equal(new Set(volumes).size, volumes.length);
  });
});

describe('deploy/compose', () => {
  it('pins each image, and has the files that it mounts', () => {
    const unversioned = containers.filter(([, { image }]) => !/:[\w.-]+$|^\$\{/.test(image));
    assert.deepEqual(unversioned, []);
    for (const { file } of Object.values(compose.configs)) {
      assert.ok(existsSync(join(folder, file)), file);
    }
  });

  it('refers to what it declares', () => {
    const missing = containers.flatMap(([name, container]) => {
      const { configs = [], secrets = [], volumes = [], depends_on: others = {} } = container;
      return [
        ...configs.map(({ source }) => ({ source, isThere: source in compose.configs })),
        ...secrets
          .map((secret) => (typeof secret === 'string' ? secret : secret.source))
          .map((source) => ({ source, isThere: source in compose.secrets })),
        ...volumes
          .map((volume) => volume.split(':')[0] ?? '')
          .filter((source) => !source.startsWith('.'))
          .map((source) => ({ source, isThere: source in compose.volumes })),
        ...Object.keys(others).map((source) => ({
          source,
          isThere: compose.services[source]?.healthcheck !== undefined,
        })),
      ]
        .filter(({ isThere }) => !isThere)
        .map(({ source }) => `${name}: ${source}`);
    });
    assert.deepEqual(missing, []);
  });

  it('sends telemetry through the collector to the monitor and to Jaeger', () => {
    const collector = readYaml('otel-collector.yaml') as Collector;
    const { receivers, exporters, processors, service } = collector;
    assert.equal(
      new URL(settings.telemetryEndpoint ?? '').port,
      receivers.otlp.protocols.grpc.endpoint.split(':')[1],
    );
    assert.equal(exporters['otlp/monitor']?.endpoint, settings.addresses.monitor[0]);
    assert.ok('jaeger' in compose.services);
    for (const [name, pipeline] of Object.entries(service.pipelines)) {
      assert.ok(pipeline.exporters.includes('otlp/monitor'), name);
      const known = { receivers, exporters, processors };
      for (const kind of ['receivers', 'processors', 'exporters'] as const) {
        for (const part of pipeline[kind]) assert.ok(part in known[kind], `${name}: ${part}`);
      }
    }
  });

  it('has Prometheus read each replica where it gives its metrics, over TLS, under the labels of the rules', () => {
    const { rule_files, scrape_configs } = readYaml('prometheus.yaml') as Prometheus;
    const [job] = scrape_configs;
    assert.equal(job?.scheme, 'https');
    const mounted = new Set(targetsOf(compose.services['prometheus'] ?? { image: '' }));
    for (const file of Object.values(job.tls_config)) assert.ok(mounted.has(file), file);
    const rules = compose.services['prometheus']?.configs?.map(({ target }) => target) ?? [];
    assert.ok(rule_files.every((file) => rules.includes(file)));
    const read = job.static_configs.map(({ targets, labels }) => ({ at: targets[0], ...labels }));
    const given = replicasOf(settings.addresses).map((replica) => {
      const { service, number } = replica;
      const served = { meshName: 'flights', meshModule: '/m.mjs', options: {} };
      const { metricsAddress = '' } = serviceConfigOf(settings, replica, served);
      const { host } = parseBindAddress(settings.addresses[service][number - 1] ?? '');
      const at = `${host}:${portOf(metricsAddress)}`;
      return { at, mesh: 'flights', service, replica: String(number) };
    });
    assert.deepEqual(read, given);
  });
});

describe('deploy/compose/make-secrets', () => {
  it('makes every secret that the containers get, and keeps them when it runs again', () => {
    const root = mkdtempSync(join(tmpdir(), 'mlmesh-secrets-'));
    try {
      const here = join(root, folder);
      mkdirSync(here, { recursive: true });
      symlinkSync(resolve('services'), join(root, 'services'));
      copyFileSync(join(folder, 'make-secrets'), join(here, 'make-secrets'));
      const make = () => {
        const { status, stderr } = spawnSync(join(here, 'make-secrets'), { encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        return Object.values(compose.secrets).map(({ file }) =>
          readFileSync(join(here, file), 'utf8'),
        );
      };
      const made = make();
      assert.ok(made.every((text) => text !== ''));
      assert.deepEqual(make(), made);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
