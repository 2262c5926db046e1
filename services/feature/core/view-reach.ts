import type { ViewPlan } from '../../shared/compute/plan.ts';

/** Gives how far back the views look, in ms; infinity when a feature never forgets. */
export function reachMs(views: readonly ViewPlan[]): number {
  const isLifetime = views.some((view) =>
    view.features.some((feature) => feature.window.kind === 'lifetime'),
  );
  return isLifetime
    ? Number.POSITIVE_INFINITY
    : Math.max(0, ...views.map((view) => view.retentionMs));
}
