import type { Alias } from '../../gen/mlmesh/registry/v1/Alias.ts';
import type { ModelTraffic as WireTraffic } from '../../gen/mlmesh/registry/v1/ModelTraffic.ts';
import type { ModelVersion as WireVersion } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import type { RegistryEvent as WireEvent } from '../../gen/mlmesh/registry/v1/RegistryEvent.ts';
import type { VersionState as WireState } from '../../gen/mlmesh/registry/v1/VersionState.ts';
import type { AliasPosition, ModelVersion } from '../core/model-version.ts';
import type { RegistryEvent } from '../core/registry-event.ts';
import type { ModelTraffic } from '../core/traffic.ts';
import type { VersionState } from '../core/version-states.ts';
import { toWireEvidence } from './evidence-wire.ts';

const wireStates: Readonly<Record<VersionState, WireState>> = {
  registered: 'VERSION_STATE_REGISTERED',
  shadow: 'VERSION_STATE_SHADOW',
  canary: 'VERSION_STATE_CANARY',
  production: 'VERSION_STATE_PRODUCTION',
  retired: 'VERSION_STATE_RETIRED',
  quarantined: 'VERSION_STATE_QUARANTINED',
};

/** Gives where a version stands in the form of the wire. */
export function toWireState(state: VersionState): WireState {
  return wireStates[state];
}

/** Gives a version in the form of the wire, with where it stands. */
export function toWireVersion(version: ModelVersion, state: VersionState): WireVersion {
  const { provenance } = version;
  const { trainingData, signature, resources, environment, origin } = provenance;
  return {
    ...version,
    state: wireStates[state],
    provenance: {
      ...provenance,
      trainingData: trainingData && {
        ...trainingData,
        definitionHashes: [...trainingData.definitionHashes],
      },
      signature: {
        ...signature,
        features: [...signature.features],
        bindings: [...signature.bindings],
        inputs: signature.inputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
        outputs: signature.outputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
      },
      resources: { ...resources },
      metrics: { ...provenance.metrics },
      environment: environment && {
        ...environment,
        packages: [...environment.packages],
        command: [...environment.command],
        files: { ...environment.files },
      },
      ...(origin && { origin: { ...origin, files: { ...origin.files } } }),
    },
  };
}

/** Gives an alias in the form of the wire. */
export function toWireAlias(position: AliasPosition): Alias {
  return { ...position };
}

/** Gives how traffic is steered in the form of the wire. */
export function toWireTraffic({ canaryRamp, ...traffic }: ModelTraffic): WireTraffic {
  return canaryRamp === undefined ? traffic : { ...traffic, canaryRamp: { ...canaryRamp } };
}

/** Gives an event in the form of the wire. */
export function toWireEvent(event: RegistryEvent): WireEvent {
  const { sequence, atMs, actor, hash, fact } = event;
  const head = { sequence, atMs, actor, hash };
  switch (fact.kind) {
    case 'version-registered':
      return { ...head, versionRegistered: toWireVersion(fact.version, 'registered') };
    case 'aliases-moved': {
      const { reason, isRollback, forcedPast = [] } = fact;
      const aliases = fact.aliases.map(toWireAlias);
      return {
        ...head,
        aliasesMoved: { aliases, reason, isRollback, forcedPast: [...forcedPast] },
      };
    }
    case 'version-quarantined': {
      const { model, version, reason, isCleared } = fact;
      const aliases = fact.aliases.map(toWireAlias);
      return { ...head, versionQuarantined: { model, version, reason, isCleared, aliases } };
    }
    case 'artifact-removed':
      return { ...head, artifactRemoved: { model: fact.model, version: fact.version } };
    case 'evidence-attached':
      return { ...head, evidenceAttached: toWireEvidence(fact.evidence) };
    case 'traffic-set': {
      const { reason, isForced = false } = fact;
      return { ...head, trafficSet: { traffic: toWireTraffic(fact.traffic), reason, isForced } };
    }
  }
}
