import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../kernel/mesh-error.ts';
import { parseServiceConfig, type ServiceConfig } from './service-config.ts';

const address = '127.0.0.1:7500';
const config: ServiceConfig = {
  service: 'router',
  meshName: 'flights',
  meshModule: '/data/mesh/a.mjs',
  dataDirectory: '/data',
  address,
  addresses: {
    registry: [address],
    feature: [address],
    prediction: [address],
    monitor: [address],
    router: [address],
  },
  hasVirtualClock: true,
  telemetryEndpoint: 'http://127.0.0.1:7504',
  options: { workers: 2 },
};

const refuses = (text: string, pattern: RegExp) =>
  assert.throws(
    () => parseServiceConfig(text),
    (error) =>
      error instanceof MeshError &&
      error.reason === 'INVALID_CONFIG' &&
      pattern.test(error.message),
  );

describe('parseServiceConfig', () => {
  it('gives back what was written', () => {
    assert.deepEqual(parseServiceConfig(JSON.stringify(config)), config);
    const quiet = { ...config, telemetryEndpoint: undefined };
    assert.deepEqual(parseServiceConfig(JSON.stringify(quiet)), quiet);
    const files = { authority: '/tls/a.pem', certificate: '/tls/r.pem', key: '/tls/r.key' };
    const secured = { ...config, tls: { ...files, access: '/tls/access.json' } };
    assert.deepEqual(parseServiceConfig(JSON.stringify(secured)), secured);
  });

  it('names the first field that is wrong, and what it got', () => {
    const changed = (change: object) => JSON.stringify({ ...config, ...change });
    refuses('{', /wanted JSON/);
    refuses('[]', /wanted an object/);
    refuses(changed({ service: 'cache' }), /field 'service' .* got "cache"/);
    refuses(changed({ meshModule: '' }), /field 'meshModule'/);
    refuses(changed({ address: 'localhost' }), /wanted 'host:port' in field 'address'/);
    refuses(changed({ addresses: undefined }), /field 'addresses' .* got nothing/);
    refuses(changed({ addresses: { ...config.addresses, monitor: 1 } }), /field 'monitor'/);
    refuses(changed({ hasVirtualClock: 'yes' }), /field 'hasVirtualClock'/);
    refuses(changed({ tls: { authority: '/tls/a.pem' } }), /field 'tls\.certificate', got nothing/);
    refuses(changed({ options: { deep: {} } }), /field 'options\.deep'/);
  });
});
