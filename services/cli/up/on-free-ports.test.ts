import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { onFreePorts } from './on-free-ports.ts';

const taken = new MeshError({
  code: 'UNAVAILABLE',
  reason: 'PORT_TAKEN',
  message: 'wanted to listen on 127.0.0.1:20001, but another program does',
});

/** Fails with one error after the other, then runs; counts its runs. */
function failing(...errors: readonly Error[]) {
  const seen = { runs: 0, told: 0 };
  const run = async () => {
    const error = errors[seen.runs];
    seen.runs += 1;
    if (error !== undefined) throw error;
  };
  const result = onFreePorts(run, () => {
    seen.told += 1;
  });
  return { seen, result };
}

describe('onFreePorts', () => {
  it('runs again where a port was taken meanwhile, and says so', async () => {
    const { seen, result } = failing(taken, taken);
    await result;
    assert.deepEqual(seen, { runs: 3, told: 2 });
  });
  it('gives up at the third time', async () => {
    const { seen, result } = failing(taken, taken, taken);
    await assert.rejects(result, { reason: 'PORT_TAKEN' });
    assert.deepEqual(seen, { runs: 3, told: 2 });
  });
  it('runs once where something else is wrong', async () => {
    const { seen, result } = failing(new Error('no such file'));
    await assert.rejects(result, /no such file/);
    assert.deepEqual(seen, { runs: 1, told: 0 });
  });
});
