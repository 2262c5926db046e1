import { candidates } from '../../../deploy/flights/candidates.ts';
import { flightsMesh } from '../../../deploy/flights/flights-mesh.ts';

/** The mesh of the quick start without a control cohort: each request of a benchmark is one that the model answers. */
export const mesh = flightsMesh({ name: 'flights', candidates, controlShare: 0 });
