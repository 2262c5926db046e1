import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import { digestOf } from './digest-of.ts';

/** Gives the digest of a model's policy: what a drill was made under, and what the registry holds it to. */
export function policyDigest({ policy }: Pick<MeshModel, 'policy'>): string {
  return digestOf(canonicalJson({ policy }));
}
