import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { trafficText } from './traffic-views.ts';

type Event = ClientResponseOf<'mlmesh.registry.v1.RegistryService', 'history'>['events'][number];

/** Says what happened, in a line. */
export function eventText(event: Event): string {
  const { versionRegistered, versionQuarantined, artifactRemoved, evidenceAttached } = event;
  if (versionRegistered)
    return `registered ${versionRegistered.model} version ${versionRegistered.version}`;
  if (versionQuarantined) {
    const { model, version, reason, isCleared } = versionQuarantined;
    return `${isCleared ? 'cleared' : 'put in quarantine'} ${model} version ${version}: ${reason}`;
  }
  if (artifactRemoved) {
    return `removed the artifact of ${artifactRemoved.model} version ${artifactRemoved.version}`;
  }
  if (evidenceAttached) {
    const { model, version, kind, verdict, statement } = evidenceAttached;
    const word = verdict.replace('EVIDENCE_VERDICT_', '').toLowerCase();
    return `found ${kind} of ${model} version ${version}: ${word}, ${statement}`;
  }
  if (event.trafficSet) return setText(event.trafficSet);
  if (event.aliasesMoved) return movedText(event.aliasesMoved);
  return 'something that this mlmesh does not know';
}

function setText({ traffic, reason, isForced }: NonNullable<Event['trafficSet']>): string {
  if (traffic === null) return `steered nothing: ${reason}`;
  const verb = isForced ? 'forced' : 'steered';
  return `${verb} traffic of ${traffic.model} to ${trafficText(traffic)}: ${reason}`;
}

function movedText(aliasesMoved: NonNullable<Event['aliasesMoved']>): string {
  const moves = aliasesMoved.aliases.map(
    ({ model, alias, version }) => `${model} ${alias} -> ${version}`,
  );
  const { isRollback, forcedPast, reason } = aliasesMoved;
  const verb = isRollback ? 'rolled back' : forcedPast.length > 0 ? 'forced' : 'moved';
  const lacking = forcedPast.length > 0 ? `, without ${forcedPast.join(', ')}` : '';
  return `${verb} ${moves.join(', ')}${lacking}: ${reason}`;
}
