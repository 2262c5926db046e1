import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import { digestOf } from './digest-of.ts';

/** Gives the digest of how a model is served: what a drill was made under, and what the registry holds it to. How it is watched is no part of that. */
export function policyDigest({ policy }: Pick<MeshModel, 'policy'>): string {
  const { monitoring: _, ...served } = policy;
  return digestOf(canonicalJson({ policy: served }));
}
