import type { ServingPolicy } from '../../services/router/core/model-contract.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';

/** A policy of one cohort: 50 ms for the model, then the fallback, then the rules; shadows see everything. */
export const servingPolicy: ServingPolicy = {
  modelBudgetMs: durationMs(50),
  reserveMarginMs: durationMs(5),
  onModelTimeout: 'fallback',
  onModelError: 'fallback',
  onMissingFeatures: 'fallback',
  onFallbackError: 'rules',
  missingShareMax: 1,
  shadowRate: 1,
  reverseShadowRate: 0,
  cohorts: {
    keyIndexes: [],
    salt: 'm',
    controlShare: 0,
    controlServes: 'rules',
    excluded: [],
    pinned: [],
  },
};
