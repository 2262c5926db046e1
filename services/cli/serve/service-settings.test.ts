import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../exit-code.ts';
import { replicaHere, serviceConfigOf } from './service-settings.ts';
import type { MeshSettings } from './settings.ts';

const settings: MeshSettings = {
  path: '/etc/mlmesh/settings.json',
  dataDirectory: '/var/lib/mlmesh',
  bind: '0.0.0.0',
  tls: {
    authority: '/tls/ca.crt',
    certificate: '/tls/tls.crt',
    key: '/tls/tls.key',
    access: undefined,
  },
  addresses: {
    registry: ['registry:7502'],
    feature: ['feature:7501'],
    prediction: [
      'mesh-prediction-0.mesh-prediction:7503',
      'mesh-prediction-1.mesh-prediction:7513',
    ],
    monitor: ['monitor:7504'],
    router: ['router:7500'],
  },
  options: {},
};
const served = { meshName: 'flights', meshModule: '/var/lib/mlmesh/mesh/a.mjs', options: { a: 1 } };
const numberOf = (hostName: string, number?: number) =>
  replicaHere(settings, { service: 'prediction', number, hostName }).number;

describe('replicaHere', () => {
  it('finds the replica by the name of the machine, without its domain', () => {
    assert.equal(numberOf('mesh-prediction-0'), 1);
    assert.equal(numberOf('Mesh-Prediction-1.example.org'), 2);
  });
  it('takes the one that is named before all', () =>
    assert.equal(numberOf('mesh-prediction-0', 2), 2));
  it('takes the only one on any machine', () => {
    const only = { service: 'router', number: undefined, hostName: 'elsewhere' } as const;
    assert.deepEqual(replicaHere(settings, only), { service: 'router', number: 1 });
  });
  it('refuses what the settings do not have', () => {
    assert.throws(() => numberOf('mesh-prediction-2'), UsageError);
    assert.throws(() => numberOf('mesh-prediction-0', 3), /has 2; add its address there/);
  });
});

describe('serviceConfigOf', () => {
  it('listens on the port of the replica, on all of the machine, and tells the monitor', () => {
    const config = serviceConfigOf(settings, { service: 'prediction', number: 2 }, served);
    assert.equal(config.address, '0.0.0.0:7513');
    assert.equal(config.replica, 2);
    assert.equal(config.telemetryEndpoint, 'https://monitor:7504');
    assert.equal(config.tls, settings.tls);
    assert.equal(config.hasVirtualClock, false);
  });

  it('listens on loopback when nothing else is said, and puts IPv6 into brackets', () => {
    const { bind: _bind, ...rest } = settings;
    const router = { service: 'router', number: 1 } as const;
    assert.equal(serviceConfigOf(rest, router, served).address, '127.0.0.1:7500');
    assert.equal(serviceConfigOf({ ...settings, bind: '::' }, router, served).address, '[::]:7500');
  });

  it('starts without TLS on loopback alone', () => {
    const { tls: _tls, ...plain } = settings;
    const router = { service: 'router', number: 1 } as const;
    assert.throws(() => serviceConfigOf(plain, router, served), {
      reason: 'INVALID_CONFIG',
      message: /wanted tls in .*other machines reach 0\.0\.0\.0/,
    });
    const loopback = serviceConfigOf({ ...plain, bind: '127.0.0.1' }, router, served);
    assert.equal(loopback.telemetryEndpoint, 'http://monitor:7504');
  });

  it('lets several registries share a Postgres alone', () => {
    const addresses = { ...settings.addresses, registry: ['a:1', 'b:1'] } as const;
    const first = { service: 'registry', number: 1 } as const;
    assert.throws(() => serviceConfigOf({ ...settings, addresses }, first, served), {
      reason: 'INVALID_CONFIG',
      message: /several need registryStore in Postgres/,
    });
    const options = { registry: { registryStore: { environment: 'POSTGRES_URL' } } };
    const shared = serviceConfigOf({ ...settings, addresses, options }, first, served);
    assert.equal(shared.service, 'registry');
  });
});
