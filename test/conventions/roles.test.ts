import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { roles } from '../../services/shared/kernel/role.ts';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { readMethodRoles } from '../../services/shared/platform/grpc/tls/method-roles.ts';
import { messageFields } from '../../services/shared/platform/protobuf/message-fields.ts';

/** Paths of all methods in the descriptor set of the contract, as servers know them. */
function methodsOfContract(): readonly string[] {
  const set = readFileSync(join(packageRoot, 'dist', 'proto', 'mlmesh.binpb'));
  return messageFields(set)
    .bytes(1) // files
    .map(messageFields)
    .flatMap((file) =>
      file
        .bytes(6) // services
        .map(messageFields)
        .flatMap((service) =>
          service
            .bytes(2) // methods
            .map(
              (method) => `/${file.text(2)}.${service.text(1)}/${messageFields(method).text(1)}`,
            ),
        ),
    );
}

describe('proto/roles.json', () => {
  const methods = methodsOfContract();
  const table = readMethodRoles();

  it('says for each method of the contract who may call it', () => {
    assert.ok(methods.length > 60, `only ${methods.length} methods were found`);
    assert.deepEqual(
      methods.filter((method) => !table.has(method)),
      [],
      'add these to proto/roles.json',
    );
  });

  it('names no method that is not in the contract', () => {
    const known = new Set(methods);
    assert.deepEqual(
      [...table.keys()].filter((method) => !known.has(method)),
      [],
    );
  });

  it('gives callers nothing of the admin plane', () => {
    const wrong = [...table].filter(
      ([, entry]) => entry.plane === 'admin' && entry.roles.includes('caller'),
    );
    assert.deepEqual(wrong, []);
  });

  it('uses each role', () => {
    const used = new Set([...table.values()].flatMap((entry) => entry.roles));
    assert.deepEqual(
      [...roles].filter((role) => !used.has(role)),
      [],
    );
  });
});
