import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyReadOnly } from './person.ts';

describe('whyReadOnly', () => {
  it('lets operators and admins act, and everybody where nobody signs in', () => {
    assert.equal(whyReadOnly(false, undefined), '');
    assert.equal(whyReadOnly(false, { name: 'olga', roles: ['author', 'operator'] }), '');
    assert.equal(whyReadOnly(false, { name: 'root', roles: ['admin'] }), '');
  });

  it('says why others only look', () => {
    assert.match(whyReadOnly(true, { name: 'root', roles: ['admin'] }), /read-only/);
    assert.match(whyReadOnly(false, { name: 'bob', roles: ['caller'] }), /bob has caller/);
    assert.match(whyReadOnly(false, { name: 'bob', roles: [] }), /bob has none/);
  });
});
