import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import type { ExportedPairs } from '../../shared/compute/exported-pairs.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { compareDetail } from '../core/compare-detail.ts';
import { type ComparedRequest, compareShadow } from '../core/comparison.ts';
import { gateInputs, judgeShadowGates, shadowGatePolicy } from '../core/shadow-gates.ts';
import { comparePairs, toExported } from '../journal/compare-pairs.ts';
import { readPairs, writePairs } from './parquet-pairs.ts';

const policy = { ...shadowGatePolicy, budgetMs: 50, threshold: 0.5 };
const random = seededRandom(9);

/** Every sort of request: failed, late, without outcome, of another baseline. */
function request(index: number): ComparedRequest {
  const keys = [`O'Hare "${index % 7}"`, `ü${index % 3}`];
  const score = random.next();
  return {
    ...{ entity: keys.join('\u001f'), keys, atMs: 1e12 + index / 3, receivedAtMs: 2e12 - index },
    shadow: index % 50 === 0 ? { failure: 'MISSING' } : { score, latencyMs: 60 * random.next() },
    baselineScore: index % 20 === 0 ? undefined : random.next(),
    label: index % 4 === 0 ? undefined : index % 2,
    ...(index % 20 === 0 ? {} : { baselineMs: 9 * random.next() }),
  };
}

const requests = Array.from({ length: 5_000 }, (_, index) => request(index));
const exported: ExportedPairs = {
  ...{ model: "it's", version: 3, baselineVersion: 2, keyNames: ['origin', 'route "x"'] },
  policyJson: JSON.stringify(policy),
  pairs: requests.map(toExported),
};

describe('pairs in a Parquet file', () => {
  it('come back as they were, in their order, and give the same figures, gates and details to the bit', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "pairs of 'today'.parquet");
    await writePairs(path, exported);
    const read = await readPairs(path);
    assert.deepEqual(read, exported);
    const { comparison, judged, detail } = comparePairs(read, 'origin');
    assert.deepEqual(comparison, compareShadow(requests, 0.5));
    const gates = judgeShadowGates(gateInputs(requests, policy), policy);
    assert.deepEqual(
      judged.gates,
      gates.map((gate) => ({ ...gate, verdict: gate.verdict.toLowerCase() })),
    );
    assert.deepEqual(detail, compareDetail(requests, 0.5, 0));
    assert.equal(detail.segments.length, 7);
  });
  it('can be read by anything that reads Parquet', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'pairs.parquet');
    await writePairs(path, exported);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const sql = `SELECT count(*)::INT, count(score)::INT, count(DISTINCT key_origin)::INT FROM '${path}'`;
    assert.deepEqual((await connection.runAndReadAll(sql)).getRows(), [[5_000, 4_900, 7]]);
  });
  it('are refused from a file that has none, with what writes one, and for segments of no key', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'other.parquet');
    await assert.rejects(readPairs(path), ({ message }: Error) => {
      return /No files found/.test(message) && !/SELECT|LINE/.test(message);
    });
    writeFileSync(path, 'no Parquet');
    await assert.rejects(readPairs(path), { reason: 'SOURCE_INVALID', message: /--export/ });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (SELECT 1 AS one) TO '${path}' (FORMAT parquet)`);
    await assert.rejects(readPairs(path), { reason: 'SOURCE_INVALID', message: /mlmesh-pairs-1/ });
    assert.throws(() => comparePairs(exported, 'carrier'), { reason: 'INVALID_FIELD' });
  });
  it('may be none', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'pairs.parquet');
    await writePairs(path, { ...exported, keyNames: [], pairs: [] });
    assert.equal(comparePairs(await readPairs(path), '').comparison.expected, 0);
  });
});
