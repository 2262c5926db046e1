import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  checkReplicaCounts,
  parseReplicaCounts,
  type ReplicaCounts,
  singleReplicas,
} from './replica-counts.ts';

describe('parseReplicaCounts', () => {
  it('gives one process to each service that is not named', () => {
    assert.deepEqual(parseReplicaCounts('router=2, prediction=16'), {
      ...singleReplicas,
      router: 2,
      prediction: 16,
    });
  });

  it('refuses what is no number of a service, named once', () => {
    for (const text of ['', 'router', 'router=0', 'router=17', 'routers=2', 'router=2,router=3']) {
      assert.throws(() => parseReplicaCounts(text), /wanted each service once with a number/);
    }
    assert.throws(() => parseReplicaCounts('router=-1'));
    assert.throws(() => parseReplicaCounts('router=1.5'));
  });
});

describe('checkReplicaCounts', () => {
  const refusal = (counts: Partial<ReplicaCounts>, registryStore: string, wanted: RegExp) =>
    assert.throws(
      () => checkReplicaCounts({ ...singleReplicas, ...counts }, registryStore),
      (error) =>
        error instanceof MeshError &&
        error.reason === 'INVALID_CONFIG' &&
        wanted.test(error.message),
    );

  it('refuses a second owner of a store that has one, and says what to do', () => {
    refusal({ feature: 2 }, 'lmdb', /feature=2: its event log has one owner.*leave it out/);
    refusal(
      { monitor: 3 },
      'lmdb',
      /monitor=3: its log of predictions has one owner.*leave it out/,
    );
    refusal({ registry: 2 }, 'lmdb', /registry=2: its log is in LMDB.*--registry postgres:/);
  });

  it('takes several registries where their log is in Postgres', () => {
    const counts = { ...singleReplicas, router: 2, prediction: 2, registry: 2 };
    checkReplicaCounts(counts, 'postgres://me@127.0.0.1/mlmesh');
    checkReplicaCounts({ ...singleReplicas, router: 4 }, 'lmdb');
  });
});
