import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { computeVersion, type ViewPlan } from '../../shared/compute/plan.ts';

/** Gives the hash of what the stored states of a view depend on, 64 hexadecimal digits: another one asks for new states. */
export function stateHash(view: ViewPlan): string {
  const content = canonicalJson({ view, computeVersion, layout: 1 });
  return createHash('sha256').update(content).digest('hex');
}
