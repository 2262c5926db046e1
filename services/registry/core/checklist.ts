import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AttachedEvidence } from './evidence.ts';
import { type EvidenceBaseline, type EvidenceKind, evidenceCommand } from './evidence-kinds.ts';
import type { ServingAlias } from './model-version.ts';

/** How a kind of evidence stands; only `passed` and what is not needed let a version through. */
export type CheckState =
  | 'passed'
  | 'failed'
  | 'inconclusive'
  | 'missing'
  | 'stale'
  | 'not-required';

/** One row of the checklist of a version. */
export interface Check {
  readonly kind: EvidenceKind;
  readonly state: CheckState;
  /** Why, for people. */
  readonly why: string;
  /** The newest evidence of the kind, if there is any. */
  readonly attached: AttachedEvidence | undefined;
  /** What would fill it. */
  readonly command: string;
}

/** What evidence has to be compared with. */
export interface BaselineVersion {
  /** 0 when there is none. */
  readonly version: number;
  /** Since which event of the log it is that: what was attached before compared with it at another time. */
  readonly sinceSequence: number;
}

/** What the checklist of a version is decided from. */
export interface ChecklistSubject {
  readonly model: string;
  readonly version: number;
  /** SHA-256 of its artifact. */
  readonly artifactDigest: string;
  /** Where it came from, where its data are unknown; undefined for one whose data are known. */
  readonly unknownDataOf: string | undefined;
  /** Gives the newest evidence of a kind. */
  readonly evidenceOf: (kind: string) => AttachedEvidence | undefined;
  /** Gives the version that evidence has to be compared with now. */
  readonly baselineOf: (baseline: EvidenceBaseline) => BaselineVersion;
  /** SHA-256 of the policy of the model as it is now; undefined where the registry was not told of one. */
  readonly policyDigest: string | undefined;
  /** Epoch ms. */
  readonly nowMs: number;
}

const dayMs = 86_400_000;

/** Decides how each kind of a table stands for a version. */
export function checklistOf(
  kinds: readonly EvidenceKind[],
  subject: ChecklistSubject,
): readonly Check[] {
  return kinds.map((kind) => {
    const attached = subject.evidenceOf(kind.kind);
    const command = evidenceCommand(kind, subject.model, subject.version);
    return { kind, attached, command, ...stateOf(kind, attached, subject) };
  });
}

/** Gives the rows that keep a version out of production: what is required and does not pass, and whatever has failed. */
export function missingChecks(checks: readonly Check[]): readonly Check[] {
  return checks.filter(
    ({ kind, state }) =>
      state === 'failed' || (kind.requirement === 'required' && state !== 'passed'),
  );
}

/** Gives FAILED_PRECONDITION / CHECKLIST_INCOMPLETE: a violation for each row that is missing. */
export function checklistIncomplete(
  {
    model,
    version,
    alias,
  }: Pick<ChecklistSubject, 'model' | 'version'> & { readonly alias: ServingAlias },
  missing: readonly Check[],
): MeshError {
  const kinds = missing.map(({ kind }) => kind.kind);
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'CHECKLIST_INCOMPLETE',
    message: `version ${version} of model '${model}' can't be ${alias}: its checklist lacks ${kinds.join(', ')}; \`mlmesh models check ${model}@${version}\` does what is missing, \`mlmesh models checklist ${model}@${version}\` shows all of it, --force moves it anyway and stays on record`,
    detail: { missing: kinds.join(',') },
    violations: missing.map(({ kind, why, command }) => ({
      field: `checklist.${kind.item}.${kind.kind}`,
      description: `${why}; \`${command}\` fills it`,
    })),
  });
}

function stateOf(
  kind: EvidenceKind,
  attached: AttachedEvidence | undefined,
  subject: ChecklistSubject,
): Pick<Check, 'state' | 'why'> & { readonly command?: string } {
  if (kind.requirement === 'later') return { state: 'not-required', why: 'not yet required' };
  if (kind.isOfData === true && subject.unknownDataOf !== undefined) {
    return {
      state: 'failed',
      why: `what it was trained on is unknown: it came from ${subject.unknownDataOf}`,
      command: `mlmesh models register ${subject.model} --artifact <path> --data-hash <sha256>`,
    };
  }
  if (attached === undefined) return { state: 'missing', why: 'there is no evidence' };
  const { evidence } = attached;
  const why = staleness(kind, attached, subject);
  if (why !== undefined) return { state: 'stale', why };
  switch (evidence.verdict) {
    case 'pass':
      return { state: 'passed', why: evidence.statement };
    case 'fail':
      return { state: 'failed', why: evidence.statement };
    case 'inconclusive':
      return { state: 'inconclusive', why: evidence.statement };
  }
}

/** Says why evidence does not hold any more; undefined when it does. */
function staleness(
  { daysMax, baseline, isBoundToPolicy }: EvidenceKind,
  { evidence, sequence }: AttachedEvidence,
  subject: ChecklistSubject,
): string | undefined {
  if (evidence.artifactDigest !== subject.artifactDigest) return 'it is of another artifact';
  const days = (subject.nowMs - evidence.madeAtMs) / dayMs;
  if (daysMax !== undefined && days > daysMax) {
    return `it is ${Math.floor(days)} days old and holds for ${daysMax}`;
  }
  const { policyDigest } = subject;
  const isOtherPolicy =
    policyDigest !== undefined && evidence.inputDigests['policy'] !== policyDigest;
  if (isBoundToPolicy === true && isOtherPolicy) return 'it was made under another policy';
  if (baseline === undefined) return undefined;
  const { version: wanted, sinceSequence } = subject.baselineOf(baseline);
  const name = (version: number) => (version === 0 ? 'none' : `version ${version}`);
  if (wanted !== evidence.baselineVersion) {
    return `it was made when ${baseline} was ${name(evidence.baselineVersion)}, and that is ${name(wanted)} now`;
  }
  if (sequence > sinceSequence) return undefined;
  return `${baseline} has moved since and come back to ${name(wanted)}`;
}
