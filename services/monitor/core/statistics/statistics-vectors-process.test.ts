import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { skipPythonTrainer, trainerPath } from '../../../../test/support/python-trainer.ts';
import { agrees, statisticsVectors } from '../../../../test/support/statistics-vectors.ts';

describe('statistics-vectors.py', () => {
  it('writes the vectors that are checked in', { skip: skipPythonTrainer }, () => {
    const { stdout, stderr, status } = spawnSync(
      'python3',
      ['test/support/statistics-vectors.py'],
      { env: { ...process.env, PATH: trainerPath }, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 },
    );
    assert.equal(status, 0, stderr);
    compare(JSON.parse(stdout), statisticsVectors(), 'vectors');
  });
});

/** Numbers within 1e-9, since builds of numpy differ in their last bits; all else alike. */
function compare(got: unknown, wanted: unknown, path: string): void {
  if (typeof got === 'number' && typeof wanted === 'number') agrees(got, wanted, path);
  else if (isObject(got) && isObject(wanted)) {
    assert.deepEqual(Object.keys(got), Object.keys(wanted), path);
    for (const [key, value] of Object.entries(wanted)) compare(got[key], value, `${path}.${key}`);
  } else assert.equal(got, wanted, path);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
