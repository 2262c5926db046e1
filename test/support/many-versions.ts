import { join } from 'node:path';
import { openLog } from '../../services/registry/adapters/open-log.ts';
import type { ModelVersion } from '../../services/registry/core/model-version.ts';
import {
  chain,
  genesisHash,
  type RegistryEvent,
  type RegistryFact,
} from '../../services/registry/core/registry-event.ts';
import { wireVersions } from '../../services/registry/rpc/wire-versions.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { provenance } from './provenance.ts';

/** What a registry is filled with. */
export interface ManyVersions {
  /** By the name of a model: how many versions it has. `production` points to the last one. */
  readonly counts: Readonly<Record<string, number>>;
  /** Hash of the feature set that a version was trained on. */
  readonly featureSetHash: (version: number) => string;
}

/**
 * Writes the log that registrations and promotions would have left, without artifacts, into the data directory of a registry of the mesh `running`.
 * Gives the bytes that the versions take in an answer.
 */
export async function fillRegistry(dataDirectory: string, many: ManyVersions): Promise<number> {
  const folder = join(dataDirectory, 'registry');
  const place = { store: 'lmdb', folder, meshName: 'running', clock: systemClock };
  const opened = await openLog(place);
  const events: RegistryEvent[] = [];
  let hash = genesisHash;
  let bytes = 0;
  const add = (fact: RegistryFact) => {
    const event = chain(hash, { sequence: events.length + 1, atMs: 1, actor: 'a', fact });
    hash = event.hash;
    events.push(event);
  };
  for (const [model, count] of Object.entries(many.counts)) {
    for (let number = 1; number <= count; number += 1) {
      const version = versionOf(model, number, many.featureSetHash(number));
      bytes += wireVersions.encode(version).length;
      add({ kind: 'version-registered', version });
    }
    const position = { model, alias: 'production', version: count, generation: 1 } as const;
    add({ kind: 'aliases-moved', aliases: [position], reason: 'r', isRollback: false });
  }
  await opened.log.append(0, events);
  await opened.close();
  return bytes;
}

/** A version with twenty features: what a small model has. */
function versionOf(model: string, version: number, featureSetHash: string): ModelVersion {
  const features = Array.from({ length: 20 }, (_, index) => `feature-${index}`);
  const definitionHash = 'b'.repeat(64);
  const kind = 'feature' as const;
  const { signature } = provenance();
  return {
    model,
    version,
    provenance: provenance({
      signature: {
        ...signature,
        inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, features.length] }],
        features,
        featureSetHash,
        bindings: features.map((name) => ({ name, kind, definitionHash })),
      },
    }),
    registeredAtMs: 1,
    registeredBy: 'a',
    signatureDigest: 'e'.repeat(64),
  };
}
