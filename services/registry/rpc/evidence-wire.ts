import type { AttachedEvidence as WireAttached } from '../../gen/mlmesh/registry/v1/AttachedEvidence.ts';
import type { ChecklistRow } from '../../gen/mlmesh/registry/v1/ChecklistRow.ts';
import type { ChecklistState } from '../../gen/mlmesh/registry/v1/ChecklistState.ts';
import type {
  Evidence__Output,
  Evidence as WireEvidence,
} from '../../gen/mlmesh/registry/v1/Evidence.ts';
import type { EvidenceVerdict as WireVerdict } from '../../gen/mlmesh/registry/v1/EvidenceVerdict.ts';
import {
  invalidField,
  requireFinite,
  requireInteger,
  requireMessage,
  requireText,
} from '../../shared/platform/grpc/validate.ts';
import type { Check, CheckState } from '../core/checklist.ts';
import {
  type AttachedEvidence,
  type Evidence,
  type EvidenceVerdict,
  evidenceVerdicts,
} from '../core/evidence.ts';

const entriesMax = 64;
const namePattern = /^[a-z0-9_.-]{1,64}$/;
const digestPattern = /^[0-9a-f]{64}$/;
const nameForm = 'lower-case letters, digits, dots, dashes and underscores';

const wireVerdicts: Readonly<Record<EvidenceVerdict, WireVerdict>> = {
  pass: 'EVIDENCE_VERDICT_PASS',
  fail: 'EVIDENCE_VERDICT_FAIL',
  inconclusive: 'EVIDENCE_VERDICT_INCONCLUSIVE',
};

const wireStates: Readonly<Record<CheckState, ChecklistState>> = {
  passed: 'CHECKLIST_STATE_PASSED',
  failed: 'CHECKLIST_STATE_FAILED',
  inconclusive: 'CHECKLIST_STATE_INCONCLUSIVE',
  missing: 'CHECKLIST_STATE_MISSING',
  stale: 'CHECKLIST_STATE_STALE',
  'not-required': 'CHECKLIST_STATE_NOT_REQUIRED',
};

/**
 * Reads evidence.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseEvidence(evidence: Evidence__Output | null): Evidence {
  const wire = requireMessage(evidence, 'evidence');
  const { model, version, figures, inputDigests } = wire;
  const verdict = evidenceVerdicts.find((known) => wireVerdicts[known] === wire.verdict);
  if (verdict === undefined) throw invalidField('evidence.verdict', 'a verdict', wire.verdict);
  for (const [name, figure] of entriesOf(figures, 'figures')) {
    requireFinite(figure, `evidence.figures.${name}`);
  }
  for (const [name, digest] of entriesOf(inputDigests, 'input_digests')) {
    requireDigest(digest, `evidence.input_digests.${name}`);
  }
  return {
    model,
    version,
    artifactDigest: requireDigest(wire.artifactDigest, 'evidence.artifact_digest'),
    kind: requireText(wire.kind, 'evidence.kind', {
      charsMax: 64,
      pattern: namePattern,
      form: nameForm,
    }),
    verdict,
    figures: { ...figures },
    statement: requireText(wire.statement, 'evidence.statement', { charsMax: 1_000 }),
    command: requireText(wire.command, 'evidence.command', { charsMax: 500 }),
    madeAtMs: requireInteger(wire.madeAtMs, 'evidence.made_at_ms', { min: 1 }),
    inputDigests: { ...inputDigests },
    baselineVersion: wire.baselineVersion,
  };
}

/** Gives evidence in the form of the wire. */
export function toWireEvidence(evidence: Evidence): WireEvidence {
  const { verdict, figures, inputDigests } = evidence;
  return {
    ...evidence,
    verdict: wireVerdicts[verdict],
    figures: { ...figures },
    inputDigests: { ...inputDigests },
  };
}

/** Gives evidence at its place in the form of the wire. */
export function toWireAttached({ evidence, ...place }: AttachedEvidence): WireAttached {
  return { ...place, evidence: toWireEvidence(evidence) };
}

/** Gives a row of a checklist in the form of the wire. */
export function toWireCheck({ kind, state, why, attached, command }: Check): ChecklistRow {
  return {
    item: kind.item,
    kind: kind.kind,
    gate: kind.gate,
    proves: kind.proves,
    isRequired: kind.requirement === 'required',
    state: wireStates[state],
    why,
    command,
    ...(attached === undefined ? {} : { attached: toWireAttached(attached) }),
  };
}

function entriesOf<T>(map: Readonly<Record<string, T>>, field: string): readonly [string, T][] {
  const entries = Object.entries(map);
  if (entries.length > entriesMax) {
    throw invalidField(`evidence.${field}`, `at most ${entriesMax} entries`, `${entries.length}`);
  }
  for (const [name] of entries) {
    requireText(name, `evidence.${field}`, { charsMax: 64, pattern: namePattern, form: nameForm });
  }
  return entries;
}

function requireDigest(text: string, field: string): string {
  const form = 'a SHA-256 of 64 hexadecimal digits';
  return requireText(text, field, { charsMax: 64, pattern: digestPattern, form });
}
