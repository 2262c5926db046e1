import { join } from 'node:path';
import { FolderBlobs } from '../../services/registry/adapters/folder-blobs.ts';
import { openLog } from '../../services/registry/adapters/open-log.ts';
import { openSigningKey } from '../../services/registry/adapters/signing-key.ts';
import type { ModelVersion } from '../../services/registry/core/model-version.ts';
import {
  chain,
  genesisHash,
  type RegistryEvent,
  type RegistryFact,
} from '../../services/registry/core/registry-event.ts';
import { VersionSigner } from '../../services/registry/core/signed-version.ts';
import { toWireVersion } from '../../services/registry/rpc/registry-wire.ts';
import { watchEvents } from '../../services/registry/rpc/watch-events.ts';
import { listPage, wireVersions } from '../../services/registry/rpc/wire-versions.ts';
import { openRegistry } from '../../services/registry/versions/open-registry.ts';
import type { Registry } from '../../services/registry/versions/registry.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { percentile } from '../load/order-statistics.ts';
import { measureDelivery } from './delivery.ts';

const [, , part = '', folder = '', modelsText = '', versionsText = ''] = process.argv;
const [models, versions] = [Number(modelsText), Number(versionsText)];
const pageSize = 100;
const rounds = 2_000;
const warmUps = 200;
const batch = 1_000;

const modelName = (index: number) => `model-${String(index).padStart(6, '0')}`;

const digest = 'b'.repeat(64);
const tensor = (name: string, columns: number) => ({
  name,
  datatype: 'FP32',
  shape: [-1, columns],
});

if (part === 'fill') await fill();
else await measure(part === 'measure');

/** Writes the log as registrations and a promotion of each model would have left it; the artifacts are not part of what is measured. */
async function fill(): Promise<void> {
  const opened = await openLog({ store: 'lmdb', folder, meshName: 'bench', clock: systemClock });
  let events: RegistryEvent[] = [];
  let [sequence, hash] = [0, genesisHash];
  const add = async (fact: RegistryFact) => {
    sequence += 1;
    const event = chain(hash, { sequence, atMs: sequence, actor: 'bench', fact });
    hash = event.hash;
    events.push(event);
    if (events.length < batch) return;
    await opened.log.append(sequence - events.length, events);
    events = [];
  };
  for (let model = 0; model < models; model += 1) {
    for (let version = 1; version <= versions; version += 1) {
      await add({ kind: 'version-registered', version: versionOf(modelName(model), version) });
    }
    const position = { model: modelName(model), alias: 'production', version: versions } as const;
    const aliases = [{ ...position, generation: 1 }];
    await add({ kind: 'aliases-moved', aliases, reason: 'bench', isRollback: false });
  }
  if (events.length > 0) await opened.log.append(sequence - events.length, events);
  await opened.close();
}

/** Twenty features: what the provenance of a small model has. */
function versionOf(model: string, version: number): ModelVersion {
  const features = Array.from({ length: 20 }, (_, index) => `feature-${index}`);
  const definitionHashes = features.map(() => digest);
  const bindings = features.map((name) => ({
    name,
    kind: 'feature' as const,
    definitionHash: digest,
  }));
  const interval = { fromMs: 1, untilMs: 2, logOffset: 3, seed: 1 };
  return {
    model,
    version,
    provenance: {
      artifactDigest: digest,
      artifactBytes: 1_000,
      artifactFormat: 'onnx',
      trainingData: { ...interval, dataHash: digest, rows: 10, definitionHashes },
      codeCommit: 'c'.repeat(40),
      isCodeDirty: false,
      hyperparametersJson: '{"epochs":1}',
      trainedAtMs: version,
      trainedBy: 'bench',
      metrics: { auc: 0.7, log_loss: 0.5 },
      signature: {
        inputs: [tensor('features', features.length)],
        outputs: [tensor('probability', 1)],
        features,
        featureSetHash: digest,
        bindings,
      },
      resources: { memoryBytes: 1_000, threads: 1 },
      parentVersion: version - 1,
      referenceProfileDigest: digest,
      goldenRequestsDigest: digest,
      trainingManifestDigest: digest,
      evaluationDigest: digest,
      environment: { runtime: 'bench', system: 'bench', packages: [], command: [], files: {} },
    },
    registeredAtMs: version,
    registeredBy: 'bench',
    signatureDigest: 'e'.repeat(64),
  };
}

async function measure(isWhole: boolean): Promise<void> {
  const opened = await openLog({ store: 'lmdb', folder, meshName: 'bench', clock: systemClock });
  const key = openSigningKey(folder);
  const parts = {
    log: opened.log,
    blobs: new FolderBlobs(join(folder, 'artifacts')),
    signer: new VersionSigner(key),
    clock: systemClock,
    limits: { artifactBytesMax: 1_000, uploadsMax: 1 },
    isDirtyTaken: false,
    codec: wireVersions,
  };
  const startedMs = performance.now();
  const { registry } = await openRegistry(parts, {
    path: join(folder, 'snapshot'),
    key,
    codec: wireVersions,
    onProblem(message) {
      throw new Error(message);
    },
  });
  const startupS = (performance.now() - startedMs) / 1_000;
  const figures = isWhole
    ? {
        ...(await timesOf('list', (round) => list(registry, round))),
        ...(await timesOf('get', (round) => get(registry, round))),
        ...(await timesOf('watch', () => watch(registry))),
        ...(await measureDelivery(registry, modelName(0))),
      }
    : {};
  await opened.close();
  process.send?.({ ...figures, startup_s: startupS });
}

/**
 * Gives the median and the 99th percentile of the times of rounds, after some that are not counted. Rounds walk over all models in great steps: half of the
 * models that they meet have been asked for before.
 */
async function timesOf(
  name: string,
  act: (round: number) => Promise<void> | void,
): Promise<Readonly<Record<string, number>>> {
  const tookMs = new Float64Array(rounds);
  for (let round = -warmUps; round < rounds; round += 1) {
    const startedMs = performance.now();
    await act((round + warmUps) * 7_919);
    if (round >= 0) tookMs[round] = performance.now() - startedMs;
  }
  tookMs.sort();
  return {
    [`${name}_p50_ms`]: percentile(tookMs, 0.5),
    [`${name}_p99_ms`]: percentile(tookMs, 0.99),
  };
}

/** A page as the handler of ListVersions makes it, encoded. */
function list({ state }: Registry, round: number): void {
  const from = `${modelName(round % models)}/1`;
  const limits = { versionsMax: pageSize, bytesMax: Number.POSITIVE_INFINITY };
  listPage(state, { model: '', from, isAliasedOnly: false, ...limits });
}

function get({ state }: Registry, round: number): void {
  const model = modelName(round % models);
  const { version } = state.target(model, 'production');
  toWireVersion(state.version(model, version), state.stateOf(model, version));
}

/** From the wake of a watcher at the end of the log to the event in its hands: the commit itself is the disk's. */
async function watch(registry: Registry): Promise<void> {
  const leaving = new AbortController();
  const events = watchEvents(registry, registry.state.sequence, leaving.signal);
  await events.next();
  leaving.abort();
  await events.return(undefined);
}
