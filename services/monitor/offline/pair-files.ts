// A process of its own, for a command that has no monitor: it compares by the code of the monitor, and DuckDB stays out of both.
import type { PairFileRequest } from '../../shared/compute/exported-pairs.ts';
import { serveProcess } from '../../shared/platform/worker/serve-process.ts';
import { toWorkerOutcome } from '../../shared/platform/worker/worker-outcome.ts';
import { readPairs, writePairs } from '../adapters/parquet-pairs.ts';
import { comparePairs } from '../journal/compare-pairs.ts';

serveProcess(
  () => (request: PairFileRequest) => toWorkerOutcome(() => answer(request), 'INTERNAL'),
);

async function answer(request: PairFileRequest) {
  if (request.kind === 'compare') {
    return comparePairs(await readPairs(request.path), request.segmentBy);
  }
  await writePairs(request.path, request.exported);
  return undefined;
}
