import { flightsMesh } from './flights-mesh.ts';

/** The mesh of the quick start: a logistic regression as the fallback, and two neural networks. */
export const mesh = flightsMesh({
  name: 'flights',
  candidates: [
    { alias: 'fallback', kind: 'logistic' },
    { alias: 'production', kind: 'mlp', hidden: [32, 16], learningRate: 0.01 },
    { alias: 'shadow', kind: 'mlp', format: 'tfjs', hidden: [64, 32], learningRate: 0.01 },
  ],
});
