import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importedProvenance, provenance } from '../../../test/support/provenance.ts';
import type { ListVersionsResponse } from '../../gen/mlmesh/registry/v1/ListVersionsResponse.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { ModelVersion, TrainedProvenance } from '../core/model-version.ts';
import { chain } from '../core/registry-event.ts';
import { RegistryState } from '../core/registry-state.ts';
import { toWireAlias, toWireVersion } from './registry-wire.ts';
import { listPage, wireVersions } from './wire-versions.ts';

const versionOf = (version: number, change: Partial<TrainedProvenance> = {}): ModelVersion => ({
  model: 'm',
  version,
  provenance: provenance(change),
  registeredAtMs: 1_234_567_890_123,
  registeredBy: 'local:jörg',
  signatureDigest: 'e'.repeat(64),
});

/** Provenance that a codec could get wrong: nothing, extremes, other alphabets. */
const versions = [
  versionOf(1),
  versionOf(2, { metrics: {}, parentVersion: 1, trainedBy: '訓練 🚂', isCodeDirty: true }),
  versionOf(3, { metrics: { auc: 0, loss: -1e-300, big: Number.MAX_SAFE_INTEGER } }),
  versionOf(4, { artifactFormat: 'tfjs', artifactBytes: 2 ** 31 - 1, trainedAtMs: -8.64e15 }),
  versionOf(5, { hyperparametersJson: `{"long":"${'x'.repeat(20_000)}"}` }),
  { ...versionOf(6), provenance: importedProvenance() },
];

describe('a version in the form of the wire', () => {
  it('is what it was when it comes back', () => {
    for (const version of versions) {
      assert.deepEqual(wireVersions.decode(wireVersions.encode(version)), version);
    }
  });
  it('gives the answer, with where it stands, that the codec of the answer would give', () => {
    const state = new RegistryState(wireVersions);
    const add = (fact: Parameters<typeof chain>[1]['fact']) => {
      const head = { sequence: state.sequence + 1, atMs: 1, actor: 'a' };
      state.apply(chain(state.hash, { ...head, fact }));
    };
    for (const version of versions) add({ kind: 'version-registered', version });
    const shadow = { model: 'm', alias: 'shadow', version: 2, generation: 1 } as const;
    add({ kind: 'aliases-moved', aliases: [shadow], reason: 'r', isRollback: false });
    const message = loadMessage<ListVersionsResponse, unknown>(
      'mlmesh.registry.v1.ListVersionsResponse',
    );
    const plain = message.serialize({
      versions: versions.map((version) =>
        toWireVersion(version, version.version === 2 ? 'shadow' : 'registered'),
      ),
      aliases: [toWireAlias(shadow)],
      sequence: 7,
      nextPage: '',
    });
    const query = { model: '', from: '', versionsMax: 9, bytesMax: 1e9, isAliasedOnly: false };
    const { bytes } = listPage(state, query);
    assert.deepEqual(message.deserialize(bytes), message.deserialize(plain));
  });
  it('tells of the aliases of the model that is asked for, where none points to a version any more', () => {
    const state = new RegistryState(wireVersions);
    const add = (fact: Parameters<typeof chain>[1]['fact']) => {
      const head = { sequence: state.sequence + 1, atMs: 1, actor: 'a' };
      state.apply(chain(state.hash, { ...head, fact }));
    };
    add({ kind: 'version-registered', version: versionOf(1) });
    const shadow = { model: 'm', alias: 'shadow', version: 1, generation: 1 } as const;
    add({ kind: 'aliases-moved', aliases: [shadow], reason: 'r', isRollback: false });
    const nowhere = { ...shadow, version: 0, generation: 2 };
    const bad = { model: 'm', version: 1, reason: 'r', isCleared: false, aliases: [nowhere] };
    add({ kind: 'version-quarantined', ...bad });
    const query = { model: 'm', from: '', versionsMax: 9, bytesMax: 1e9, isAliasedOnly: true };
    const message = loadMessage<
      unknown,
      { readonly aliases: readonly { readonly version: number }[] }
    >('mlmesh.registry.v1.ListVersionsResponse');
    const { aliases } = message.deserialize(Buffer.from(listPage(state, query).bytes));
    assert.deepEqual(
      aliases.map(({ version }) => version),
      [0],
    );
  });
});
