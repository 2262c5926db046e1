import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '../../../test/support/evidence.ts';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { MemoryLog } from '../../../test/support/memory-log.ts';
import {
  artifact,
  oneChunk,
  provenance,
  storeAttachments,
} from '../../../test/support/provenance.ts';
import { testSigner } from '../../../test/support/registry-signer.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import { implement } from '../../shared/platform/grpc/implement.ts';
import { createServer } from '../../shared/platform/grpc/server.ts';
import { systemClock as clock } from '../../shared/platform/process/system-clock.ts';
import { Registry } from '../versions/registry.ts';
import { verifyLog } from '../versions/verify-log.ts';
import { registryHandlers } from './registry-handlers.ts';
import { wireVersions } from './wire-versions.ts';

/** A registry with version 1 of model m, and its client. */
async function serve() {
  const [log, blobs, signer] = [new MemoryLog(), new MemoryBlobs(), testSigner()];
  const limits = { artifactBytesMax: 1_000, uploadsMax: 2 };
  const parts = { log, blobs, clock, signer, isDirtyTaken: false, codec: wireVersions, limits };
  const registry = await Registry.open(parts);
  await storeAttachments(blobs);
  await registry.register({ model: 'm', provenance: provenance() }, oneChunk(artifact), 'me');
  const handlers = registryHandlers({
    registry,
    actorOf: () => 'me',
    verify: (options) => verifyLog({ log, blobs, signer }, options),
    watchersMax: 2,
  });
  const server = createServer({
    name: 'registry',
    address: '127.0.0.1:0',
    clock,
    services: [implement('mlmesh.registry.v1.RegistryService', handlers)],
  });
  await server.start();
  const client = connectService('mlmesh.registry.v1.RegistryService', [server.address], { clock });
  return {
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await server.stop(1_000);
    },
  };
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof MeshError ? error.reason : 'none';
}

describe('evidence, over gRPC', () => {
  it('takes evidence by its artifact, shows the checklist, and lets a version in when it is whole', async () => {
    await using registry = await serve();
    const { client } = registry;
    const [model, version] = ['m', 1];
    const attach = (change: object) => {
      const made = evidence({ madeAtMs: Math.floor(clock.epoch()) });
      const verdict = 'EVIDENCE_VERDICT_PASS' as const;
      return client.attachEvidence({ evidence: { ...made, verdict, ...change } }, {});
    };
    const refused = (change: object) => reasonOf(attach(change));
    assert.equal(await refused({ artifactDigest: 'f'.repeat(64) }), 'EVIDENCE_MISMATCH');
    assert.equal(await refused({ kind: 'horoscope' }), 'INVALID_FIELD');
    assert.equal(await refused({ verdict: 'EVIDENCE_VERDICT_UNSPECIFIED' }), 'INVALID_FIELD');
    assert.equal(await refused({ figures: { share: Number.NaN } }), 'INVALID_FIELD');
    assert.equal(await refused({ inputDigests: { config: 'abc' } }), 'INVALID_FIELD');
    assert.equal(await refused({ statement: '' }), 'INVALID_FIELD');
    assert.equal(await refused({ version: 2 }), 'VERSION_UNKNOWN');
    const move = { model, version, alias: 'production', expectedGeneration: -1, reason: 'x' };
    const rows = async () => (await client.getChecklist({ model, version }, {})).rows;
    for (const row of await rows()) {
      if (!row.isRequired) continue;
      const error: unknown = await client.promote(move, {}).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof MeshError && error.reason === 'CHECKLIST_INCOMPLETE');
      const named = error.violations.find(({ field }) => field.endsWith(`.${row.kind}`));
      assert.match(named?.description ?? '', new RegExp(`models check m@1 --only ${row.kind}`));
      await attach({ kind: row.kind });
    }
    const whole = await client.getChecklist({ model, version }, {});
    assert.equal(whole.isComplete, true);
    const parity = whole.rows.find(({ kind }) => kind === 'parity');
    assert.deepEqual(parity?.attached?.evidence?.figures, evidence().figures);
    assert.equal(parity?.attached?.actor, 'me');
    await client.promote(move, {});
    const { events } = await client.history({}, {});
    assert.equal(events[1]?.evidenceAttached?.kind, whole.rows[0]?.kind);
    assert.deepEqual(events.at(-1)?.aliasesMoved?.forcedPast, []);
  });
});
