import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servableSpec } from '../../../test/support/servable-spec.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { type AliasPosition, wantedServables, withRequested } from './wanted-set.ts';

const versions = [1, 2, 3].map((version) => {
  const spec = servableSpec({ version });
  return { model: spec.model, version, spec };
});

function wanted(...aliases: readonly [string, number][]): readonly string[] {
  const positions = aliases.map(
    ([alias, version]): AliasPosition => ({ model: 'late', alias, version }),
  );
  return wantedServables({ versions, aliases: positions }).map(
    ({ role, version }) => `${role} ${version}`,
  );
}

describe('wantedServables', () => {
  it('names production first, whatever order the aliases come in', () => {
    assert.deepEqual(wanted(['shadow', 3], ['previous', 1], ['production', 2]), [
      'production 2',
      'previous 1',
      'shadow 3',
    ]);
  });

  it('hosts every shadow, under whatever label', () => {
    assert.deepEqual(wanted(['shadow-small', 3], ['shadow', 2], ['production', 1]), [
      'production 1',
      'shadow 3',
      'shadow 2',
    ]);
    assert.deepEqual(wanted(['shadow-', 1], ['shadow-A', 2], ['shadows', 3]), []);
  });

  it('names a version once, by the first part that it plays', () => {
    assert.deepEqual(wanted(['shadow', 1], ['previous', 1], ['production', 2]), [
      'production 2',
      'previous 1',
    ]);
  });

  it('leaves the fallback to the router', () => assert.deepEqual(wanted(['fallback', 1]), []));

  it('ignores an alias of a version that it does not know', () => {
    assert.deepEqual(wanted(['production', 9]), []);
  });
});

describe('withRequested', () => {
  it('puts what was requested behind what aliases point to, the last used first, and each once', () => {
    const spec = servableSpec();
    const aliased = [{ model: 'late', version: 2, spec, role: 'production' as const }];
    const requested = [1, 2, 3].map((version) => ({
      known: { model: 'late', version, spec },
      usedAt: monotonicMs(version),
    }));
    const order = withRequested(aliased, requested).map(
      ({ role, version }) => `${role} ${version}`,
    );
    assert.deepEqual(order, ['production 2', 'requested 3', 'requested 1']);
  });
});
