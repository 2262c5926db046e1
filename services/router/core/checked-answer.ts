import assert from 'node:assert/strict';
import type { RulesAnswer } from './model-contract.ts';

/**
 * Gives an answer of the author's rules as it is.
 * @throws {AssertionError} when an output is no probability of 0 to 1, or there is none: the rules are wrong
 */
export function checkedAnswer(answer: RulesAnswer): RulesAnswer {
  const { outputs } = answer;
  assert(outputs.length > 0, 'the rules gave no output');
  for (const output of outputs) {
    assert(output >= 0 && output <= 1, `the rules gave ${output}, wanted 0 to 1`);
  }
  return answer;
}
