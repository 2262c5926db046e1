import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { downloadBlob } from '../../../services/shared/platform/grpc/download-blob.ts';
import { eventually } from '../eventually.ts';
import { harmfulModel } from '../harmful-model.ts';
import type { PredictionLoad } from './prediction-load.ts';
import type { SmallFlights } from './start-small-flights.ts';

const model = 'flight-delay';

/** What is planted, and where. */
export interface HarmfulRelease {
  readonly mesh: Pick<SmallFlights, 'services'>;
  /** Callers who ask meanwhile. */
  readonly load: PredictionLoad;
  /** Each is a version of its own. */
  readonly planting: number;
  /** Products of matrices that its slow hours take; by default what misses a budget of 50 ms where the machine has other work. */
  readonly products?: number;
  /** Of the last 50 answers, how many it must have given before it counts as there: 41 by default, fewer where control has its share. */
  readonly answersMin?: number;
  /** Longest wait, ms. */
  readonly within: number;
}

/** Registers what version 2 is with harm added, and promotes it by force; resolves with its number when it answers and version 2 is seen as its shadow. */
export async function promoteHarmful(release: HarmfulRelease): Promise<number> {
  const { mesh, load, planting, products, answersMin = 41, within } = release;
  const { registry } = mesh.services;
  const sound = (await registry.getVersion({ model, version: 2 })).version?.provenance;
  assert.ok(sound?.signature);
  const { features } = sound.signature;
  assert.equal(features[0], 'hour');
  const { signal } = new AbortController();
  const bytes = harmfulModel(
    await downloadBlob(mesh.services, sound.artifactDigest, signal),
    features.length,
    products,
  );
  const provenance = {
    ...sound,
    artifactDigest: createHash('sha256').update(bytes).digest('hex'),
    artifactBytes: bytes.length,
    trainedAtMs: sound.trainedAtMs + planting,
  };
  const { version } = await registry.registerVersion(
    (async function* () {
      yield { header: { model, provenance } };
      yield { chunk: bytes };
    })(),
  );
  const number = version?.version ?? 0;
  await registry.promote({
    model,
    alias: 'production',
    version: number,
    expectedGeneration: -1,
    reason: 'to be taken back',
    isForced: true,
  });
  await eventually(
    `version ${number} answers, and version 2 beside it`,
    async () => {
      const last = load.answers.slice(-50);
      const { verdicts } = await mesh.services.monitor.listVerdicts({ model, verdictsMax: 1 });
      return (
        last.length === 50 &&
        last.filter(({ prediction }) => prediction.version === number).length >= answersMin &&
        verdicts[0]?.version === number
      );
    },
    within,
  );
  return number;
}
