import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertRuleNames } from '../../shared/kernel/alert-rule-names.ts';
import { alertRules } from './alert-catalogue.ts';

describe('the catalogue of alerts', () => {
  it('has the rules whose names the whole mesh knows', () => {
    assert.deepEqual(
      new Set<string>(alertRuleNames),
      new Set(alertRules.map(({ rule }) => rule)),
      'add the name of a new rule to kernel/alert-rule-names.ts, and a page to deploy/runbooks',
    );
  });
});
