import type { ChecklistSubject } from './checklist.ts';
import type { Deciding } from './deciding.ts';
import type { RegistryState } from './registry-state.ts';

/**
 * Gives what the checklist of a version is decided from. Its baseline in production is the version that it would replace, or has replaced.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN
 */
export function checklistSubject(
  state: RegistryState,
  { model, version }: { readonly model: string; readonly version: number },
  { nowMs, policyDigests }: Pick<Deciding, 'nowMs' | 'policyDigests'>,
): ChecklistSubject {
  const { artifactDigest, origin } = state.version(model, version).provenance;
  const held = (alias: string) => state.alias(model, alias)?.version ?? 0;
  return {
    model,
    version,
    artifactDigest,
    unknownDataOf: origin?.trainingData === 'unknown' ? origin.source : undefined,
    nowMs,
    policyDigest: policyDigests?.get(model),
    evidenceOf: (kind) => state.evidence(model, version, kind),
    baselineOf: (baseline) =>
      baseline === 'production' && held('production') === version
        ? { version: held('previous'), sinceSequence: 0 }
        : { version: held(baseline), sinceSequence: state.movedAt(model, baseline) },
  };
}
