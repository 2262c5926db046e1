import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { reasons } from '../../services/shared/kernel/reason.ts';

describe('the contract in proto/', () => {
  it('says of every rpc whether it may be sent twice, unless it may not', () => {
    // They change the registry, or are logged as what callers ask.
    const changing = [
      'RegisterVersion',
      'AttachEvidence',
      'Promote',
      'Rollback',
      'SetTraffic',
      'Drill',
      'Silence',
    ];
    const texts = readdirSync('proto/mlmesh', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.proto'))
      .map((name) => readFileSync(join('proto/mlmesh', name), 'utf8'));
    const calls = texts.flatMap((text) => text.split(/(?=\n {2}rpc )/).slice(1));
    assert.ok(calls.length > 20, `${calls.length} rpcs`);
    const silent = calls
      .filter((call) => !call.includes('idempotency_level'))
      .map((call) => /rpc (\w+)/.exec(call)?.[1] ?? call);
    assert.deepEqual(
      silent.filter((name) => !changing.includes(name)),
      [],
    );
  });

  it('has the reasons of services/shared/kernel/reason.ts, in their order', () => {
    const text = readFileSync('proto/mlmesh/common/v1/error.proto', 'utf8');
    const named = [...text.matchAll(/^ {2}ERROR_REASON_(\w+) = /gm)].map((match) => match[1]);
    assert.deepEqual(named, ['UNSPECIFIED', ...reasons]);
  });
});
