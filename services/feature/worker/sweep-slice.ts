import { serveThread } from '../../shared/platform/worker/serve-thread.ts';
import { toWorkerOutcome } from '../../shared/platform/worker/worker-outcome.ts';
import { type SliceRequest, sweepSlice } from '../core/sweep-slice.ts';

/** Computes slices of a view on this thread; gives how many examples each holds. */
export const handle = serveThread((request: SliceRequest) =>
  toWorkerOutcome(() => Promise.resolve(sweepSlice(request)), 'INTERNAL'),
);
