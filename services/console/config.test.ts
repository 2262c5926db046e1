import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consoleConfig } from './config.ts';

describe('consoleConfig', () => {
  it('lets people act unless it is told not to', () => {
    assert.deepEqual(consoleConfig({ options: { port: 7_580 } }), { isReadOnly: false });
    assert.deepEqual(consoleConfig({ options: { readOnly: true } }), { isReadOnly: true });
  });

  it('refuses options that it does not have', () => {
    assert.throws(() => consoleConfig({ options: { readOnly: 'yes' } }), /wanted true or false/);
    assert.throws(() => consoleConfig({ options: { colour: 1 } }), /has no option colour/);
  });
});
