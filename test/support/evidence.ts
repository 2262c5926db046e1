import type { Evidence } from '../../services/registry/core/evidence.ts';
import { provenance } from './provenance.ts';

/** Gives evidence about version 1 of model `m`, with the artifact that {@link provenance} has. */
export function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    model: 'm',
    version: 1,
    artifactDigest: provenance().artifactDigest,
    kind: 'parity',
    verdict: 'pass',
    figures: { answers: 3_000, mismatched_share: 0.1 + 0.2 },
    statement: 'no bit differs: ü',
    command: 'mlmesh models check m@1 --only parity',
    madeAtMs: 1,
    inputDigests: { features: 'd'.repeat(64) },
    baselineVersion: 0,
    ...change,
  };
}
