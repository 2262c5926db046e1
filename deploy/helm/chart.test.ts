import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replicaHere } from '../../services/cli/serve/service-settings.ts';
import type { SettingsFile } from '../../services/cli/serve/settings-file.ts';
import { checkSettings } from '../../services/cli/serve/settings-schema.ts';
import { processNames, serviceNames } from '../../services/shared/platform/process/service-name.ts';
import {
  chartPath,
  renderChart,
  resourcesIn,
  runHelm,
  skipHelm,
  skipValidation,
  validateResources,
} from '../../test/support/helm-chart.ts';

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly readinessProbe: {
    readonly exec: { readonly command: readonly string[] };
    readonly httpGet?: Readonly<Record<'path' | 'port' | 'scheme', string>>;
  };
  readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}

/** What of a resource the tests look at. */
interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: { readonly 'settings.json': string };
  readonly spec?: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly maxReplicas?: number;
    readonly ports?: readonly { readonly name: string }[];
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly endpoints?: readonly {
      readonly port: string;
      readonly relabelings: readonly { readonly targetLabel: string }[];
      readonly tlsConfig: object;
    }[];
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

function render(...values: readonly string[]): {
  readonly text: string;
  readonly all: readonly Resource[];
} {
  const { status, stdout, stderr } = renderChart(...values);
  assert.equal(status, 0, stderr);
  return { text: stdout, all: resourcesIn(stdout) as readonly Resource[] }; // validated against Kubernetes' schemas
}

function settingsIn(all: readonly Resource[]): SettingsFile {
  const text = all.find(({ kind }) => kind === 'ConfigMap')?.data?.['settings.json'] ?? '';
  return checkSettings(JSON.parse(text), 'the ConfigMap');
}

const everything = [
  'postgres.secret="postgres"',
  'redis.secret="redis"',
  'mesh.configMap="mesh"',
  'tls.accessSecret="access"',
  'telemetryEndpoint="https://collector.observability.svc:4317"',
  'registry.replicas=3',
  'registry.storage.existingClaim="shared"',
  'options={"prediction":{"callsMax":8},"registry":{"artifactBytesMax":1073741824}}',
  'networkPolicy.operators=[{"namespaceSelector":{"matchLabels":{"team":"ml"}}}]',
  'router.service.annotations={"a":"b"}',
  'image.pullSecrets=[{"name":"pull"}]',
  'prediction.autoscaling.enabled=false',
  'router.autoscaling.enabled=false',
  'prepare.secret="mlmesh-tls-admin"',
  'priorityClassName="high"',
  'nodeSelector={"disk":"ssd"}',
  'tolerations=[{"key":"gpu","operator":"Exists"}]',
  'networkPolicy.browsers=[{"podSelector":{"matchLabels":{"app":"ingress"}}}]',
  'networkPolicy.prometheus=[{"namespaceSelector":{"matchLabels":{"team":"observability"}}}]',
  'console.service.type="LoadBalancer"',
];

describe('the chart of deploy/helm', { skip: skipHelm }, () => {
  it('passes the linter of helm', () => {
    const { status, stdout, stderr } = runHelm('lint', '--strict', chartPath);
    assert.equal(status, 0, `${stdout}${stderr}`);
  });

  it('gives resources that Kubernetes takes, with few values and with all', {
    skip: skipValidation,
  }, () => {
    for (const values of [[], everything]) {
      for (const version of ['1.28', '1.33']) {
        const { text } = render(...values);
        const { status, stdout, stderr } = validateResources(text, version);
        assert.equal(status, 0, `${stdout}${stderr}`);
      }
    }
  });

  it('gives settings that the services take', () => {
    for (const values of [[], everything]) {
      const { all } = render(...values);
      const settings = settingsIn(all);
      const names = new Set(all.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
      for (const service of processNames) {
        const address = settings.addresses[service]?.[0] ?? '';
        const [host = ''] = address.split('.models.svc');
        assert.ok(names.has(`Service ${host.split('.').at(-1)}`), address);
      }
    }
    const { options = {}, telemetryEndpoint } = settingsIn(render(...everything).all);
    assert.deepEqual(options.registry?.['registryStore'], { environment: 'MLMESH_POSTGRES_URL' });
    assert.equal(options.registry?.['artifactBytesMax'], 1_073_741_824);
    assert.equal(options.prediction?.['callsMax'], 8);
    assert.equal(telemetryEndpoint, 'https://collector.observability.svc:4317');
  });
});

describe('services of the chart', { skip: skipHelm }, () => {
  it('names as many prediction services as the autoscaler may make, each found by the name of its pod', () => {
    const { all } = render();
    const { addresses } = settingsIn(all);
    const autoscaler = all.find(
      ({ kind, spec }) =>
        kind === 'HorizontalPodAutoscaler' && spec?.scaleTargetRef?.kind === 'StatefulSet',
    );
    const name = autoscaler?.spec?.scaleTargetRef?.name ?? '';
    const set = all.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === name);
    assert.equal(addresses.prediction.length, autoscaler?.spec?.maxReplicas);
    assert.equal(set?.spec?.serviceName, name);
    assert.equal(set?.spec?.replicas, undefined, 'the autoscaler alone says how many');
    for (const index of addresses.prediction.keys()) {
      const wanted = {
        service: 'prediction',
        number: undefined,
        hostName: `${name}-${index}`,
      } as const;
      assert.equal(replicaHere({ addresses, path: '' }, wanted).number, index + 1);
    }
  });

  it('probes each service on its port under its name, on a root that it can not write', () => {
    const { all } = render();
    const { addresses, tls, metricsPortOffset } = settingsIn(all);
    const containers = all.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
    assert.equal(containers.length, processNames.length);
    for (const { name, args, ports, readinessProbe, securityContext, volumeMounts } of containers) {
      assert.equal(securityContext.readOnlyRootFilesystem, true);
      assert.ok(volumeMounts.some(({ mountPath }) => tls?.certificate.startsWith(`${mountPath}/`)));
      const service = processNames.find((known) => known === args[1]);
      assert.ok(service !== undefined && service === name);
      const address = addresses[service]?.[0] ?? '';
      const port = Number(address.split(':')[1]);
      assert.equal(ports[0]?.containerPort, port);
      if (service === 'console') {
        const probe = { path: '/healthz', port: 'https', scheme: 'HTTPS' };
        assert.deepEqual(readinessProbe.httpGet, probe);
        continue;
      }
      assert.equal(ports[1]?.containerPort, port + (metricsPortOffset ?? 0));
      const { command } = readinessProbe.exec;
      assert.ok(command.includes(`-addr=127.0.0.1:${port}`));
      const host =
        command.find((text) => text.startsWith('-tls-server-name='))?.split('=')[1] ?? '-';
      assert.ok(address.includes(host), `${address} ${host}`);
      assert.ok(command.includes(`-tls-client-cert=${tls?.certificate}`));
    }
  });
});

describe('the console and the metrics of the chart', { skip: skipHelm }, () => {
  it('lets nobody but those that are named reach the console and the metrics', () => {
    const policyOf = (all: readonly Resource[], name: string) =>
      JSON.stringify(
        all.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name)?.spec,
      );
    const closed = render().all;
    assert.match(policyOf(closed, 'flights-mlmesh-browsers'), /"ingress":\[\]/);
    assert.doesNotMatch(policyOf(closed, 'flights-mlmesh'), /"port":"metrics"/);
    const open = render(...everything).all;
    const browsers = /"app":"ingress"\}\}\}\],"ports":\[\{"protocol":"TCP","port":"https"/;
    assert.match(policyOf(open, 'flights-mlmesh-browsers'), browsers);
    const prometheus = /observability"\}\}\}\],"ports":\[\{"protocol":"TCP","port":"metrics"/;
    assert.match(policyOf(open, 'flights-mlmesh'), prometheus);
  });

  it('has the operator of Prometheus find each service once, with a certificate and the labels of the rules', () => {
    const secret = 'metrics.serviceMonitor={"enabled":true,"secret":"prometheus-tls"}';
    const { all } = render(secret);
    const monitors = all.filter(({ kind }) => kind === 'ServiceMonitor');
    assert.equal(monitors.length, serviceNames.length);
    for (const { spec } of monitors) {
      const wanted = spec?.selector?.matchLabels ?? {};
      const found = all.filter(
        ({ kind, metadata }) =>
          kind === 'Service' &&
          Object.entries(wanted).every(([label, value]) => metadata.labels?.[label] === value),
      );
      assert.equal(found.length, 1, JSON.stringify(wanted));
      const [endpoint] = spec?.endpoints ?? [];
      assert.ok(found[0]?.spec?.ports?.some(({ name }) => name === endpoint?.port));
      const labels = endpoint?.relabelings.map(({ targetLabel }) => targetLabel);
      assert.deepEqual(labels, ['mesh', 'service', 'replica']);
      assert.match(JSON.stringify(endpoint?.tlsConfig), /prometheus-tls.*tls\.crt/);
    }
  });

  it('leaves the console and the metrics out where they are not wanted', () => {
    const { all } = render('console.enabled=false', 'metrics.enabled=false');
    const { addresses, metricsPortOffset } = settingsIn(all);
    assert.deepEqual([addresses.console, metricsPortOffset], [undefined, undefined]);
    assert.doesNotMatch(JSON.stringify(all), /console|"name":"metrics"|prometheus\.io/);
  });
});

describe('values that can not work', { skip: skipHelm }, () => {
  it('are refused, and it is said why', () => {
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['registry.replicas=2', /needs postgres\.secret/],
      [
        'prediction.replicasMax=1',
        /wanted prediction\.replicasMax of prediction\.replicas or more/,
      ],
      ['options.router={"traceShar":1}', /traceShar/],
      ['options.prediction={"callsMax":1}', /callsMax/],
      ['replicas=2', /replicas/],
      ['metrics.serviceMonitor.enabled=true', /needs metrics\.enabled and/],
      ['options.console={"hosts":"https://a"}', /hosts/],
    ];
    for (const [value, message] of refusals) {
      const { status, stderr } = renderChart(value);
      assert.notEqual(status, 0, value);
      assert.match(stderr, message);
    }
  });
});
