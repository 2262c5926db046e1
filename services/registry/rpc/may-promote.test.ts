import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Role } from '../../shared/kernel/role.ts';
import { assertMayPromote } from './may-promote.ts';

const by = (...roles: readonly Role[]) => ({
  identity: { kind: 'certificate' as const, name: 'ada', roles },
});
const to = (alias: string) => ({ model: 'm', alias });

describe('assertMayPromote', () => {
  it('lets an author move what nobody is served by, and nothing else', () => {
    for (const alias of ['shadow', 'fallback']) assertMayPromote(by('author'), to(alias));
    for (const alias of ['production', 'canary']) {
      assert.throws(() => assertMayPromote(by('author'), to(alias)), {
        code: 'PERMISSION_DENIED',
        reason: 'ROLE_MISSING',
      });
    }
  });

  it('lets operators and admins move all, and everybody where nobody is asked', () => {
    assertMayPromote(by('operator'), to('production'));
    assertMayPromote(by('author', 'admin'), to('canary'));
    assertMayPromote({ identity: undefined }, to('production'));
  });
});
