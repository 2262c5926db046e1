import type { RampPolicy } from '../../shared/kernel/ramp-policy.ts';
import type { EvidenceKind } from './evidence-kinds.ts';

/** When something is decided, and by what. */
export interface Deciding {
  /** Epoch ms. */
  readonly nowMs: number;
  /** The table of evidence; that of the registry unless it is another. */
  readonly kinds?: readonly EvidenceKind[];
  /** SHA-256 of the policy of each model as it is now; evidence that is bound to a policy is compared with it. */
  readonly policyDigests?: ReadonlyMap<string, string>;
  /** How the canary of each model gets its traffic; the default where none is named. */
  readonly ramps?: ReadonlyMap<string, RampPolicy>;
}
