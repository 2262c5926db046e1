import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { loadMeshModule } from '../../shared/platform/process/load-mesh-module.ts';
import { lowerPriority } from '../../shared/platform/process/lower-priority.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { DuckdbImporter } from '../adapters/duckdb-importer.ts';
import { DuckdbPurger } from '../adapters/duckdb-purger.ts';
import { DuckdbRowFiles } from '../adapters/duckdb-row-files.ts';
import { type FeatureFiles, openFiles } from '../adapters/open-files.ts';
import { servedMesh } from '../core/served-mesh.ts';
import { sliceRunner } from '../offline/slice-runner.ts';
import { auditAnswers } from './audit-answers.ts';
import { buildTrainingSet } from './build-training-set.ts';
import { eraseEntity } from './erase-entity.ts';
import { explainValues } from './explain-values.ts';
import { importSource } from './import-source.ts';
import type { JobContext } from './job-context.ts';
import { JobHost, type RunJob } from './job-host.ts';
import type { JobThreadSettings, ToJobThread } from './job-protocol.ts';
import { materialize } from './materialize.ts';
import { purgeFiles } from './purge-files.ts';
import { rebuildViews } from './rebuild-views.ts';
import { recompute } from './recompute.ts';
import { finishErasures } from './remake-states.ts';

// The entry of a job thread: a composition root, as main.ts is one for the process.

// Before DuckDB starts its own threads, which then are as low: imports and audits wait for whoever answers callers.
lowerPriority('thread');

const port = parentPort;
assert(port !== null, 'job-main runs on a thread');
// Written by JobThread, in this repository.
const settings = workerData as JobThreadSettings;
// Made by the first job, so that one that cannot be made fails as a job does.
let context: Promise<ThreadContext> | undefined;

const runJob: RunJob = async (request, run) => {
  context ??= openContext(settings);
  const opened = await context.catch((error: unknown) => {
    context = undefined;
    throw error;
  });
  opened.renew();
  switch (request.kind) {
    case 'import':
      return await importSource(opened, request, run);
    case 'rebuild':
      return await rebuildViews(opened, request, run);
    case 'training-set':
      return await buildTrainingSet(opened, request, run);
    case 'erase':
      return await eraseEntity(opened, request, run);
    case 'finish-erasures':
      return await finishErasures(opened, run);
    case 'purge':
      return await purgeFiles(opened, run);
    case 'materialize':
      return await materialize(opened, request, run);
    case 'recompute':
      return await recompute(opened, request, run);
    case 'audit':
      return await auditAnswers(opened, request, run);
    case 'explain':
      return await explainValues(opened, request, run);
  }
};

const host = new JobHost(port, runJob);
port.on('message', (message: ToJobThread) => host.receive(message));

/** A job sees what was committed before it was asked for. */
type ThreadContext = JobContext & Pick<FeatureFiles, 'renew'>;

async function openContext(from: JobThreadSettings): Promise<ThreadContext> {
  const { meshFolder } = from;
  const mesh = servedMesh(await loadMeshModule(from.meshModule), from.earlier);
  const { session, warehouseFolder, ...files } = await openFiles(from, mesh, systemClock);
  const importer = new DuckdbImporter(session, { meshFolder, warehouseFolder });
  const purger = new DuckdbPurger(session, warehouseFolder);
  return {
    mesh,
    ...files,
    importer,
    purger,
    rowFiles: new DuckdbRowFiles(session),
    setsFolder: join(from.dataFolder, 'training-sets'),
    materializedFolder: join(from.dataFolder, 'materialized'),
    slices: sliceRunner(from.setThreads, systemClock),
    setLimits: { memoryBytesMax: from.setMemoryBytesMax },
  };
}
