import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { LmdbPredictions } from './lmdb-predictions.ts';
import { LmdbWindows } from './lmdb-windows.ts';
import { moveOldRecords } from './move-old-records.ts';

/**
 * Migrates a folder in which records do not say in which order they came: predictions are put in order by when they were received, and windows count as closed now. It
 * moves records to where they lie today, adds to what is there in two commits, and puts everything in its place anew when it is run again.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT; RESOURCE_EXHAUSTED / DISK_FULL
 */
export async function orderOldRecords(folder: string): Promise<void> {
  await using files = KeyValueStore.open({ directory: folder });
  const now = () => systemClock.epoch();
  const everything = Number.MAX_SAFE_INTEGER;
  const predictions = new LmdbPredictions(files, { predictionsMax: everything, now });
  const windows = new LmdbWindows(files, { windowsMax: everything, now });
  await moveOldRecords(files);
  await predictions.orderAnew();
  await windows.orderAnew();
}

/**
 * Migrates a folder in which each record lies for itself: they are put into blocks.
 * @throws {MeshError} as {@link moveOldRecords}
 */
export async function putIntoBlocks(folder: string): Promise<void> {
  await using files = KeyValueStore.open({ directory: folder });
  await moveOldRecords(files);
}
