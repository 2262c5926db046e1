import type { FlightsOptions } from './flights-mesh.ts';

/** What the quick start trains: a logistic regression as the fallback, and two neural networks. */
export const candidates: FlightsOptions['candidates'] = [
  { alias: 'fallback', kind: 'logistic' },
  { alias: 'production', kind: 'mlp', hidden: [32, 16], learningRate: 0.01 },
  { alias: 'shadow', kind: 'mlp', format: 'tfjs', hidden: [64, 32], learningRate: 0.01 },
];
