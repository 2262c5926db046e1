import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { alertRuleNames } from '../../shared/kernel/alert-rule-names.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { programFault } from '../program.ts';
import { judgeRunbooks } from './judge-runbook.ts';

describe('deploy/runbooks', () => {
  it('are what a version needs to answer: a page for each alert, whose commands this mlmesh has', () => {
    const never = new AbortController().signal;
    const output = { out: assert.fail, err: assert.fail, isTerminal: false, columns: () => 80 };
    const terminal = { output, clock: systemClock, signal: never, forceSignal: never };
    const { verdict, statement, commands } = judgeRunbooks({
      alerts: alertRuleNames,
      textOf: (alert) => readFileSync(join('deploy/runbooks', `${alert}.md`), 'utf8'),
      faultOfCommand: (words) => programFault(words, terminal),
    });
    assert.equal(verdict, 'pass', statement);
    assert.ok(commands > 40, `${commands} commands`);
  });
});
