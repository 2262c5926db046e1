import { candidates } from './candidates.ts';
import { flightsMesh } from './flights-mesh.ts';

/** The mesh of the quick start. */
export const mesh = flightsMesh({ name: 'flights', candidates });
