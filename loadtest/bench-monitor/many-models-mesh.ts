import { wideMesh } from './wide-mesh.ts';

/** A hundred models of two hundred features. */
export const mesh = wideMesh(100, 200);
