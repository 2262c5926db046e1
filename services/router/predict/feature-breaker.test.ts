import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, present, stage } from '../../../test/support/prediction-stage.ts';
import { VersionBreakers } from './version-breakers.ts';

describe('the breaker of the feature service', () => {
  it('opens when features do not come, and the model is asked with defaults at once', () => {
    const breakers = new VersionBreakers();
    for (let request = 0; request < 32; request += 1) {
      const { reads, results, fire } = stage({ breakers, nowMs: request * 20 });
      if (reads.length === 0) break;
      // The budget of the model is over, then the rules answer.
      fire();
      assert.deepEqual(results[0]?.skipped[0]?.reason, 'DEADLINE_PASSED');
    }
    const { reads, calls } = stage({ breakers, nowMs: 640 });
    assert.equal(reads.length, 0);
    assert.deepEqual([...(calls[0]?.query.row ?? [])], [1, 2, 9]);
  });
  it('stays closed while a service refuses at once: nobody waits for that', () => {
    const breakers = new VersionBreakers();
    for (let request = 0; request < 64; request += 1) {
      const { reads } = stage({ breakers, nowMs: request * 20 });
      reads[0]?.onFailure(failure('PEER_UNAVAILABLE'));
    }
    const { reads, calls } = stage({ breakers, nowMs: 1_280 });
    reads[0]?.onAnswer(present);
    assert.deepEqual([...(calls[0]?.query.row ?? [])], [3, 4, 9]);
  });
});
