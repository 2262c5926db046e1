import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkReachable, consoleConfig } from './config.ts';

describe('consoleConfig', () => {
  it('lets people act unless it is told not to', () => {
    assert.deepEqual(consoleConfig({ options: { port: 7_580 } }), {
      isReadOnly: false,
      hosts: [],
    });
    assert.equal(consoleConfig({ options: { readOnly: true } }).isReadOnly, true);
  });

  it('refuses options that it does not have', () => {
    assert.throws(() => consoleConfig({ options: { readOnly: 'yes' } }), /wanted true or false/);
    assert.throws(() => consoleConfig({ options: { colour: 1 } }), /has no option colour/);
    for (const hosts of [1, 'a b', 'https://a.example', 'a,,b']) {
      assert.throws(
        () => consoleConfig({ options: { hosts } }),
        /wanted names separated by commas/,
      );
    }
  });

  it('takes names that it is opened under', () => {
    const { hosts } = consoleConfig({ options: { hosts: 'Console.example,10.0.0.7' } });
    assert.deepEqual(hosts, ['console.example', '10.0.0.7']);
  });
});

describe('checkReachable', () => {
  it('refuses an address that others reach, without TLS', () => {
    const tls = { authority: 'a', certificate: 'b', key: 'c', access: undefined };
    checkReachable({ address: '127.0.0.1:7580' });
    checkReachable({ address: '0.0.0.0:7580', tls });
    const open = () => checkReachable({ address: '0.0.0.0:7580' });
    assert.throws(open, { reason: 'INVALID_CONFIG' });
  });
});
