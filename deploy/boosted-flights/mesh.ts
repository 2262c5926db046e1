import { flightsMesh } from '../flights/flights-mesh.ts';

/** The same mesh with gradient-boosted trees in production. They are trained by LightGBM: see trainer/requirements.txt. */
export const mesh = flightsMesh({
  name: 'boosted-flights',
  candidates: [
    { alias: 'fallback', kind: 'logistic' },
    {
      alias: 'production',
      kind: 'external',
      command: ['python3', 'trainer/train.py'],
      files: new URL('./trainer/', import.meta.url),
      parameters: { rounds: 200, learning_rate: 0.05, num_leaves: 31, min_data_in_leaf: 100 },
    },
    { alias: 'shadow', kind: 'mlp', hidden: [32, 16], learningRate: 0.01 },
  ],
});
