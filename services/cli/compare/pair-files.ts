import type { ExportedPairs, PairFileRequest } from '../../shared/compute/exported-pairs.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { runInProcess } from '../../shared/platform/worker/run-in-process.ts';
import type { ComparedShadow } from './compared-shadow.ts';

/** 20,000 pairs are written in a second. */
const fileMsMax = 120_000;

/** Writes pairs to a Parquet file. @throws {MeshError} FAILED_PRECONDITION / SOURCE_INVALID when it can't be written */
export async function exportPairs(
  path: string,
  exported: ExportedPairs,
  clock: Clock,
): Promise<void> {
  await ask({ kind: 'write', path, exported }, clock);
}

/** Compares the pairs of a Parquet file as the monitor compares those of its log, by the same code. @throws {MeshError} FAILED_PRECONDITION / SOURCE_INVALID for a file that is none; INVALID_ARGUMENT / INVALID_FIELD for segments of no join key */
export async function compareFile(
  path: string,
  segmentBy: string,
  clock: Clock,
): Promise<ComparedShadow> {
  return await ask({ kind: 'compare', path, segmentBy }, clock);
}

async function ask(request: PairFileRequest, clock: Clock): Promise<ComparedShadow> {
  return await runInProcess<PairFileRequest, ComparedShadow>(
    {
      name: 'files of pairs',
      file: new URL('../../monitor/offline/pair-files.js', import.meta.url),
      workerData: {},
      stuckMsMax: fileMsMax,
      clock,
    },
    request,
  );
}
