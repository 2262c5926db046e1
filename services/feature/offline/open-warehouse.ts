import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { DuckdbImporter, readManifest } from '../adapters/duckdb-importer.ts';
import { DuckdbSession } from '../adapters/duckdb-session.ts';
import { DuckdbWarehouse } from '../adapters/duckdb-warehouse.ts';
import type { Segment } from '../core/segment.ts';
import { schemaOf } from '../jobs/job-context.ts';
import { sliceRunner } from './slice-runner.ts';
import type { ViewValuesParts } from './view-values.ts';

/** Where a warehouse is, and what may be taken to work on it. */
export interface OfflineSettings {
  readonly mesh: Mesh;
  /** Sources with a relative path are looked up from here. */
  readonly meshFolder: string;
  readonly warehouseFolder: string;
  readonly threads: number;
  readonly memoryBytesMax: number;
  readonly duckdbThreadsMax: number;
  readonly duckdbMemoryBytesMax: number;
}

/** A warehouse without a service: all events of its sources are history. */
export interface OfflineWarehouse extends ViewValuesParts, AsyncDisposable {
  /** Log offset behind all events. */
  readonly logOffset: number;
}

/**
 * Opens a warehouse for training sets without a service; sources that it lacks are imported.
 * @throws {MeshError} as DuckdbImporter.import
 */
export async function openWarehouse(
  settings: OfflineSettings,
  signal: AbortSignal,
): Promise<OfflineWarehouse> {
  const { mesh, meshFolder, warehouseFolder } = settings;
  mkdirSync(warehouseFolder, { recursive: true });
  const session = await DuckdbSession.open({
    threadsMax: settings.duckdbThreadsMax,
    memoryBytesMax: settings.duckdbMemoryBytesMax,
    spillFolder: join(warehouseFolder, 'spill'),
  });
  const importer = new DuckdbImporter(session, { meshFolder, warehouseFolder });
  const segments = new Map<string, Segment>();
  let logOffset = 0;
  for (const { name } of mesh.sources) {
    const { rows, lastTs, planHash } = await importer.import(schemaOf(mesh, name), signal);
    const untilMs = Number.POSITIVE_INFINITY;
    const history = { rows, seqBefore: logOffset, newestTs: lastTs };
    segments.set(name, { source: name, untilMs, planHash, ...history });
    logOffset += rows;
  }
  const slices = sliceRunner(settings.threads, systemClock);
  return {
    mesh,
    logOffset,
    store: {
      segment: (source) => segments.get(source),
      recordsFrom: () => [],
    },
    warehouse: new DuckdbWarehouse(session, warehouseFolder, () => []),
    manifestOf: (source) => readManifest(warehouseFolder, source),
    slices,
    setLimits: { memoryBytesMax: settings.memoryBytesMax },
    async [Symbol.asyncDispose]() {
      await slices.stop();
      session.close();
    },
  };
}
