import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { meshOptions } from '../../services/cli/up/mesh-options.ts';
import { consoleConfig } from '../../services/console/config.ts';
import { featureConfig } from '../../services/feature/config.ts';
import { monitorConfig } from '../../services/monitor/config.ts';
import { readPredictionConfig, readProviderWish } from '../../services/prediction/config.ts';
import { readRegistryConfig } from '../../services/registry/config.ts';
import { routerConfig } from '../../services/router/config.ts';
import type { ServiceConfig } from '../../services/shared/platform/process/service-config.ts';
import {
  type ProcessName,
  processNames,
} from '../../services/shared/platform/process/service-name.ts';
import { trustedKeyOption } from '../../services/shared/platform/store/trusted-key.ts';
import { mesh } from '../support/fake-trips-mesh.ts';

type Options = ServiceConfig['options'];
interface Property {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
}

const schema = JSON.parse(readFileSync('deploy/settings.schema.json', 'utf8')) as {
  readonly $defs: Readonly<
    Record<string, Property & { readonly properties?: Readonly<Record<string, Property>> }>
  >;
};
const base = { dataDirectory: '/var/lib/mlmesh', meshModule: '/mesh.mjs' };
const configOf = (service: ProcessName, options: Options): ServiceConfig => {
  const list = ['127.0.0.1:7500'] as const;
  const addresses = {
    registry: list,
    feature: list,
    prediction: list,
    monitor: list,
    router: list,
  };
  const rest = { meshName: 'm', address: list[0], addresses, hasVirtualClock: false };
  return { service, ...base, ...rest, telemetryEndpoint: undefined, options };
};

/** All that a service reads out of its options, as its process does. */
const parsers: Readonly<Record<ProcessName, (options: Options) => object>> = {
  registry: readRegistryConfig,
  feature: (options) => featureConfig(configOf('feature', options)),
  prediction: (options) => ({
    ...readPredictionConfig(options),
    executionProvider: readProviderWish(options),
    trustedKey: trustedKeyOption(configOf('prediction', options)),
  }),
  monitor: (options) => monitorConfig({ options }),
  console: (options) => consoleConfig({ options }),
  router: (options) => ({
    ...routerConfig({ options }),
    trustedKey: trustedKeyOption(configOf('router', options)),
  }),
};

function optionsOf(service: ProcessName): ReadonlyMap<string, Property> {
  const properties = Object.entries(schema.$defs[service]?.properties ?? {});
  return new Map(
    properties.map(([name, property]) => {
      const shared = schema.$defs[property.$ref?.replace('#/$defs/', '') ?? ''] ?? {};
      return [name, { ...shared, ...property }];
    }),
  );
}

/** Gives the names that a service looks for among its options. */
function namesRead(service: ProcessName): ReadonlySet<string> {
  const names = new Set<string>();
  const options = new Proxy<Options>(
    {},
    {
      get(_, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  parsers[service](options);
  return names;
}

/** Options that the mesh file decides, so that no settings have them. */
const ofMesh = (service: ProcessName) => Object.keys(meshOptions(mesh, '/mesh', service));

/** Checks that both ends of a range are taken, and what is next to them is not. */
function checkRange(property: Property, take: (value: number) => unknown): void {
  const { type, minimum, exclusiveMinimum, maximum } = property;
  const step = type === 'integer' ? 1 : 0.001;
  const lowest = minimum ?? (exclusiveMinimum ?? Number.NaN) + step;
  if (Number.isNaN(lowest)) return;
  const refuses = (value: number) =>
    assert.throws(() => take(value), { reason: 'INVALID_CONFIG' }, JSON.stringify(property));
  take(lowest);
  refuses(exclusiveMinimum ?? lowest - step);
  if (type === 'integer') refuses(lowest + 0.5);
  if (maximum === undefined) return;
  take(maximum);
  refuses(maximum + step);
}

for (const service of processNames) {
  describe(`deploy/settings.schema.json, options of the ${service} service`, () => {
    const parse = parsers[service];
    const options = optionsOf(service);

    it('has those that the service reads, and no others, each with a description', () => {
      const documented = new Set([...options.keys(), ...ofMesh(service)]);
      const read = namesRead(service);
      const missing = [...read].filter((name) => !documented.has(name));
      const extra = [...documented].filter((name) => !read.has(name));
      assert.deepEqual({ missing, extra }, { missing: [], extra: [] });
      for (const [name, { description }] of options) assert.ok(description, name);
    });

    it('states the defaults of the service', () => {
      const preset = new Map(Object.entries(parse({})));
      for (const [name, property] of options) {
        if (property.default === undefined || !preset.has(name)) continue;
        assert.deepEqual(preset.get(name), property.default, name);
      }
    });

    it('states the ranges of the service', () => {
      for (const [name, property] of options) {
        checkRange(property, (value) => parse({ [name]: value }));
      }
    });

    it('states the choices of the service', () => {
      for (const [name, { enum: choices }] of options) {
        for (const choice of choices ?? []) parse({ [name]: choice });
        if (choices === undefined) continue;
        assert.throws(() => parse({ [name]: 'neither' }), { reason: 'INVALID_CONFIG' }, name);
      }
    });
  });
}
