import {
  toWorkerOutcome,
  type WorkerOutcome,
} from '../../shared/platform/worker/worker-outcome.ts';
import { type SliceRequest, sweepSlice } from '../core/sweep-slice.ts';

/** Computes one slice of a view on this thread; gives how many examples it holds. */
export function handle(request: SliceRequest): Promise<WorkerOutcome<number>> {
  return toWorkerOutcome(() => Promise.resolve(sweepSlice(request)), 'INTERNAL');
}
