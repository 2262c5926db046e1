import { wideMesh } from './wide-mesh.ts';

/** One model of twenty features, as the flights have. */
export const mesh = wideMesh(1, 20);
