import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { computeVersion, type ViewPlan, viewId } from '../../shared/compute/plan.ts';

/**
 * Gives the hash of what the stored states of a view depend on, 64 hexadecimal digits: another one asks for new states. Names and what stands in for missing
 * values are no part of it.
 */
export function stateHash({ id: _, features, ...view }: ViewPlan): string {
  const kept = features.map(({ window, filter, aggregate }) => ({ window, filter, aggregate }));
  const content = canonicalJson({ view, features: kept, computeVersion, layout: 2 });
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Gives a view under the id that its states are stored under, such as `flights/origin@0123456789ab`: two versions of a view have states beside each
 * other, and neither touches the other's.
 */
export function storedView(view: ViewPlan): ViewPlan {
  const { source, by } = view;
  return { ...view, id: `${viewId(source, by)}@${stateHash(view).slice(0, 12)}` };
}
