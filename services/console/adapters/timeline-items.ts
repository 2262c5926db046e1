import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { TimelineItem } from '../core/views.ts';
import { wordOf } from './wire-words.ts';

type RegistryEvent = ClientResponseOf<
  'mlmesh.registry.v1.RegistryService',
  'history'
>['events'][number];

/** An item of a model's timeline. */
export interface ModelItem {
  readonly model: string;
  readonly item: TimelineItem;
}

type Said = Pick<TimelineItem, 'kind' | 'text'> & Partial<TimelineItem>;

/** Gives what an event of the registry's log says, for each model that it speaks of. */
export function timelineItems(event: RegistryEvent): readonly ModelItem[] {
  const { sequence, atMs, actor: by } = event;
  const of = (model: string, said: Said): readonly ModelItem[] => [
    { model, item: { sequence, atMs, by, reason: '', isForced: false, ...said } },
  ];
  const { versionRegistered, versionQuarantined, artifactRemoved, evidenceAttached } = event;
  if (versionRegistered) {
    const { model, version } = versionRegistered;
    return of(model, { kind: 'registered', text: `version ${version} registered` });
  }
  if (versionQuarantined) {
    const { model, version, reason, isCleared } = versionQuarantined;
    return isCleared
      ? of(model, { kind: 'cleared', text: `version ${version} cleared`, reason })
      : of(model, { kind: 'quarantined', text: `version ${version} quarantined`, reason });
  }
  if (artifactRemoved) {
    const { model, version } = artifactRemoved;
    return of(model, { kind: 'removed', text: `artifact of version ${version} removed` });
  }
  if (evidenceAttached) {
    const { model, version, kind, verdict, statement } = evidenceAttached;
    const text = `${kind} of version ${version}: ${wordOf(verdict, 'EVIDENCE_VERDICT_')}`;
    return of(model, { kind: 'evidence', text, reason: statement });
  }
  const { trafficSet, aliasesMoved } = event;
  if (trafficSet?.traffic) {
    const { model, canaryRamp, isShadowPaused } = trafficSet.traffic;
    const shadows = isShadowPaused ? ', shadows paused' : '';
    const text = `${rampText(canaryRamp)}${shadows}`;
    const { reason, isForced } = trafficSet;
    return of(model, { kind: 'traffic', text, reason, isForced });
  }
  return aliasesMoved ? movedItems(aliasesMoved, of) : [];
}

function movedItems(
  { aliases, reason, isRollback, forcedPast }: NonNullable<RegistryEvent['aliasesMoved']>,
  of: (model: string, said: Said) => readonly ModelItem[],
): readonly ModelItem[] {
  const models = [...new Set(aliases.map(({ model }) => model))];
  const kind = isRollback ? 'rolled-back' : 'moved';
  const isForced = forcedPast.length > 0;
  return models.flatMap((model) => {
    const text = aliases
      .filter((alias) => alias.model === model)
      .map(({ alias, version }) => `${alias} to ${version === 0 ? 'none' : `version ${version}`}`)
      .join(', ');
    return of(model, { kind, text, reason, isForced });
  });
}

function rampText(
  ramp: NonNullable<NonNullable<RegistryEvent['trafficSet']>['traffic']>['canaryRamp'],
): string {
  if (ramp === null) return 'no canary';
  const held = ramp.isHeld ? ', held' : '';
  return `canary version ${ramp.version} at ${Number((ramp.share * 100).toPrecision(4))} %${held}`;
}
