import type { Alias } from '../../gen/mlmesh/registry/v1/Alias.ts';
import type { ModelVersion as WireVersion } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import type { RegistryEvent as WireEvent } from '../../gen/mlmesh/registry/v1/RegistryEvent.ts';
import type { AliasPosition, ModelVersion } from '../core/model-version.ts';
import type { RegistryEvent } from '../core/registry-event.ts';

/** Gives a version in the form of the wire. */
export function toWireVersion(version: ModelVersion): WireVersion {
  const { provenance } = version;
  const { trainingData, signature, resources } = provenance;
  return {
    ...version,
    provenance: {
      ...provenance,
      trainingData: { ...trainingData, definitionHashes: [...trainingData.definitionHashes] },
      signature: {
        ...signature,
        features: [...signature.features],
        inputs: signature.inputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
        outputs: signature.outputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
      },
      resources: { ...resources },
      metrics: { ...provenance.metrics },
    },
  };
}

/** Gives an alias in the form of the wire. */
export function toWireAlias(position: AliasPosition): Alias {
  return { ...position };
}

/** Gives an event in the form of the wire. */
export function toWireEvent(event: RegistryEvent): WireEvent {
  const { sequence, atMs, actor, hash, fact } = event;
  const head = { sequence, atMs, actor, hash };
  switch (fact.kind) {
    case 'version-registered':
      return { ...head, versionRegistered: toWireVersion(fact.version) };
    case 'aliases-moved': {
      const { reason, isRollback } = fact;
      return {
        ...head,
        aliasesMoved: { aliases: fact.aliases.map(toWireAlias), reason, isRollback },
      };
    }
  }
}
