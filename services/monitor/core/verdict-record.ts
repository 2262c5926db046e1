import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { AttributionInputs } from './attribution/attribution-inputs.ts';
import type { GuardRecord } from './rollback/decide-rollback.ts';
import {
  gatesStatement,
  judgeShadowGates,
  type ShadowGate,
  type ShadowGateInputs,
  type ShadowGatePolicy,
} from './shadow-gates.ts';

/** A verdict of a guard as it is stored: the same decision follows from what it holds. */
export interface GuardVerdict {
  readonly kind: 'guard';
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** Version that it was compared with; 0 for none. */
  readonly baselineVersion: number;
  readonly atMs: number;
  /** What was found, for people. */
  readonly statement: string;
  /** Whether it is of a version on trial, rather than of what was promoted. */
  readonly isOfCanary?: true;
  readonly record: GuardRecord;
  /** What blame is decided from, as it was then; absent from verdicts of before it was kept. */
  readonly blame?: AttributionInputs;
}

/** A verdict of the gates of a shadow as it is stored: the same gates follow from what it holds. */
export interface GatesVerdict {
  readonly kind: 'gates';
  readonly id: string;
  readonly model: string;
  readonly version: number;
  /** Version that it was compared with; 0 for the fallback model or the rules. */
  readonly baselineVersion: number;
  readonly atMs: number;
  readonly statement: string;
  readonly inputs: ShadowGateInputs;
  readonly policy: ShadowGatePolicy;
  /** SHA-256 of the policy as canonical JSON, hex. */
  readonly policyDigest: string;
  readonly gates: readonly ShadowGate[];
}

/** A verdict as it is stored. */
export type VerdictRecord = GuardVerdict | GatesVerdict;

/** Gives the id of a verdict: ids of later ones are greater. */
export function verdictId(
  atMs: number,
  model: string,
  kind: VerdictRecord['kind'] | 'canary',
): string {
  return `v${Math.floor(atMs).toString(36).padStart(9, '0')}-${kind}-${model}`;
}

/** Gives the SHA-256 of a policy as canonical JSON, 64 hexadecimal digits. */
export function digestOfPolicy(policy: ShadowGatePolicy): string {
  return createHash('sha256').update(canonicalJson(policy)).digest('hex');
}

/** Judges a shadow, and gives the verdict to store. */
export function gatesRecord(
  subject: Pick<GatesVerdict, 'model' | 'version' | 'baselineVersion' | 'atMs'>,
  inputs: ShadowGateInputs,
  policy: ShadowGatePolicy,
): GatesVerdict {
  const gates = judgeShadowGates(inputs, policy);
  return {
    kind: 'gates',
    id: verdictId(subject.atMs, subject.model, 'gates'),
    ...subject,
    statement: gatesStatement(gates),
    inputs,
    policy,
    policyDigest: digestOfPolicy(policy),
    gates,
  };
}
