import { fileURLToPath } from 'node:url';
import { MeshError, messageOf } from '../shared/kernel/mesh-error.ts';
import { connectService } from '../shared/platform/grpc/client.ts';
import { openClientTls } from '../shared/platform/grpc/tls/client-tls.ts';
import { logEvent } from '../shared/platform/process/event-log.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import {
  parseTrainingJobConfig,
  type TrainingMessage,
  trainingJobVariable,
} from '../shared/platform/process/training-job.ts';
import { readCodeIdentity } from './adapters/code-identity.ts';
import { CommandTrainer } from './adapters/command-trainer.ts';
import { GrpcRegistry } from './adapters/grpc-registry.ts';
import { GrpcTrainingSets } from './adapters/grpc-training-sets.ts';
import { TfjsTrainer } from './adapters/tfjs-trainer.ts';
import { runTraining, type TrainingReport } from './pipeline.ts';
import { reproduceVersion } from './reproduce.ts';

/** The package's folder, as seen from dist/services/training. */
const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs the job and tells the parent how it goes; exits with 1 when it fails. */
async function main(signal: AbortSignal): Promise<void> {
  const config = parseTrainingJobConfig(process.env[trainingJobVariable]);
  const mesh = await loadMeshModule(config.meshModule);
  const model = mesh.models[config.model];
  if (model === undefined) {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: `wanted a model of mesh '${mesh.name}' (${Object.keys(mesh.models).join(', ')}), got '${config.model}'`,
    });
  }
  const clock = systemClock;
  const tls = config.tls && openClientTls(config.tls);
  const features = connectService('mlmesh.feature.v1.FeatureService', [config.featureAddress], {
    clock,
    tls,
  });
  const registry = connectService('mlmesh.registry.v1.RegistryService', [config.registryAddress], {
    clock,
    tls,
  });
  try {
    const code = await readCodeIdentity(packageFolder);
    const versions = new GrpcRegistry(registry);
    const ports = {
      source: new GrpcTrainingSets(features),
      trainer: new TfjsTrainer(),
      external: new CommandTrainer(),
      clock,
    };
    const run: Parameters<typeof runTraining>[2] = {
      onStage: (stage) => (progress) => {
        void tell({ kind: 'progress', stage, ...progress });
      },
      signal,
    };
    const { reproducedVersion: version, trainedBy } = config;
    if (version > 0) {
      const result = await reproduceVersion({ model, version, code }, { ...ports, versions }, run);
      await tell({ kind: 'reproduced', ...result });
      return;
    }
    const job = { model, code, trainedBy };
    await tell(finished(await runTraining(job, { ...ports, registry: versions }, run)));
  } finally {
    features.close();
    registry.close();
    tls?.[Symbol.dispose]();
  }
}

function finished({ versions, moves }: TrainingReport): TrainingMessage {
  return {
    kind: 'finished',
    versions: versions.map(({ version, candidate, provenance, evaluated }) => ({
      evaluated,
      version,
      alias: candidate.alias,
      kind: candidate.kind,
      format: candidate.format,
      artifactDigest: provenance.artifactDigest,
      metrics: provenance.metrics,
    })),
    moves: moves.map(({ alias, version }) => ({ alias, version })),
  };
}

/** Tells the parent over IPC; a job that was started by hand writes its messages to standard error. Resolves when it is sent. */
function tell(message: TrainingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) {
      logEvent(`training-${message.kind}`, flat(message));
      resolve();
    } else if (process.connected) process.send(message, undefined, {}, () => resolve());
    else resolve();
  });
}

function flat(message: TrainingMessage): Readonly<Record<string, string>> {
  return { message: JSON.stringify(message) };
}

function cancelled(why: string): MeshError {
  return new MeshError({
    code: 'CANCELLED',
    reason: 'CALL_CANCELLED',
    message: `the training ended before it was done: ${why}`,
  });
}

const leaving = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => leaving.abort(cancelled(`it got ${name}`)));
}
process.on('disconnect', () => leaving.abort(cancelled('whoever started it is gone')));

try {
  await main(leaving.signal);
} catch (error) {
  const isKnown = error instanceof MeshError;
  const code = isKnown ? error.code : 'INTERNAL';
  const reason = isKnown ? error.reason : 'TRAINING_FAILED';
  logEvent('training-failed', {
    reason,
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  await tell({ kind: 'failed', code, reason, message: messageOf(error) });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
