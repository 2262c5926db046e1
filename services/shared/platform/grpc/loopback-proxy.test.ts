import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askNoProxyOnLoopback } from './loopback-proxy.ts';

describe('askNoProxyOnLoopback', () => {
  const named = (environment: NodeJS.ProcessEnv) => {
    askNoProxyOnLoopback(environment);
    return environment['no_grpc_proxy'];
  };

  it('adds this machine to the hosts that need no proxy, and keeps those', () => {
    const loopback = 'localhost,127.0.0.0/8,::1';
    assert.equal(named({}), loopback);
    assert.equal(named({ no_proxy: '.corp,localhost' }), '.corp,localhost,127.0.0.0/8,::1');
    assert.equal(named({ no_proxy: '.corp', no_grpc_proxy: 'a' }), `a,${loopback}`);
  });
  it('adds nothing twice', () => {
    const environment: NodeJS.ProcessEnv = {};
    assert.equal(named(environment), named(environment));
  });
});
