import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DrawnSets, KeptVersions, model, train } from '../../test/support/training-fakes.ts';
import { hashTrainingSet } from '../shared/compute/training-set-hash.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { CommandTrainer } from './adapters/command-trainer.ts';
import { TfjsTrainer } from './adapters/tfjs-trainer.ts';
import type { TrainingSet, TrainingSetQuery, TrainingSetSource } from './ports.ts';
import { type Reproduction, type ReproductionPorts, reproduceVersion } from './reproduce.ts';

function reproduce(
  versions: KeptVersions,
  change: Partial<ReproductionPorts> = {},
  defined = model,
): Promise<Reproduction> {
  const ports = {
    source: new DrawnSets(),
    trainer: new TfjsTrainer(),
    external: new CommandTrainer(),
    versions,
    clock: systemClock,
    ...change,
  };
  const run = { onStage: () => () => undefined, signal: new AbortController().signal };
  const code = { commit: 'abc', isDirty: true };
  return reproduceVersion({ model: defined, version: 2, code }, ports, run);
}

const unequal = ({ items }: Reproduction) =>
  items.filter(({ isEqual }) => !isEqual).map(({ what }) => what);

describe('reproduceVersion', () => {
  it('finds everything equal where nothing has changed', async () => {
    const versions = new KeptVersions();
    await train(versions);
    const result = await reproduce(versions);
    assert.deepEqual([result.isReproduced, unequal(result), result.notes], [true, [], []]);
    assert.equal(result.artifactDigest, versions.versions[1]?.provenance.artifactDigest);
  });

  it('trains by what is recorded, whatever the mesh file says now', async () => {
    const versions = new KeptVersions();
    await train(versions);
    const { pipeline } = model;
    const { train: interval } = pipeline;
    const changed = {
      ...pipeline,
      seed: 77,
      trainRowsMax: 10,
      train: { ...interval, untilMs: interval.untilMs - 86_400_000 },
      candidates: pipeline.candidates.slice(0, 1),
      label: { kind: 'number', value: 1 } as const,
    };
    const result = await reproduce(versions, {}, { ...model, pipeline: changed });
    assert.deepEqual([result.isReproduced, unequal(result)], [true, []]);
    assert.match(result.notes.join(), /label is not what it was/);
  });

  it('asks for the rows as they were known at the offsets that are recorded', async () => {
    const versions = new KeptVersions();
    const pipeline = {
      ...model.pipeline,
      features: 'as-logged' as const,
      answersWithinMs: 600_000,
    };
    await train(versions, {}, undefined, { ...model, pipeline });
    const asked: TrainingSetQuery[] = [];
    const drawn = new DrawnSets();
    const source: TrainingSetSource = {
      build: (query) => {
        asked.push(query);
        return drawn.build(query);
      },
    };
    await reproduce(versions, { source });
    const { hash } = model.featureSet;
    const asOf = [42, 'as-logged', 600_000, 17, hash];
    assert.deepEqual(
      asked.map((query) => [
        query.rowsMax,
        query.logOffset,
        query.mode,
        query.answerAgeMaxMs,
        query.answersBefore,
        query.featureSetHash,
      ]),
      [
        [600, ...asOf],
        [300, ...asOf],
      ],
    );
  });

  it('names what differs: the column of a changed value, and all that follows from it', async () => {
    const versions = new KeptVersions();
    await train(versions);
    const source = new DrawnSets(({ rows, ...set }: TrainingSet) => {
      if (rows.rows === 600) rows.features[301] = 99;
      const manifest = { ...set.manifest, dataHash: hashTrainingSet(rows).root };
      return { ...set, rows, manifest };
    });
    const result = await reproduce(versions, { source });
    assert.equal(result.isReproduced, false);
    assert.ok(unequal(result).includes('train data hash') && unequal(result).includes('artifact'));
    assert.ok(!unequal(result).includes('validate data hash'));
    const [difference] = result.differences;
    assert.deepEqual([difference?.set, difference?.columns], ['train', ['hour']]);
    assert.deepEqual([difference?.firstRow?.row, difference?.rowsChanged], [100, 1]);
  });

  it('says which code, packages and files are others', async () => {
    const versions = new KeptVersions();
    await train(versions);
    const trainer = new TfjsTrainer();
    const environment = { ...trainer.environment, packages: ['tfjs==9'], runtime: 'node 99' };
    const other = { name: 'another', environment, train: trainer.train.bind(trainer) };
    const result = await reproduce(versions, { trainer: other });
    assert.deepEqual(unequal(result), ['hyperparameters']);
    const notes = result.notes.join('; ');
    assert.match(notes, /runtime was node .*, and is node 99 here/);
    assert.match(
      notes,
      /packages that are not here: @tensorflow.*; packages that were not there: tfjs==9/,
    );
  });

  it('says what to do where the features are not served any more', async () => {
    const versions = new KeptVersions();
    await train(versions);
    const source: TrainingSetSource = {
      build: () =>
        Promise.reject(
          new MeshError({ code: 'NOT_FOUND', reason: 'FEATURE_SET_UNKNOWN', message: 'got x' }),
        ),
    };
    await assert.rejects(reproduce(versions, { source }), (error) => {
      assert.ok(error instanceof MeshError);
      assert.deepEqual([error.code, error.reason], ['FAILED_PRECONDITION', 'FEATURE_SET_UNKNOWN']);
      return /are not served: got x; start the mesh with the mesh file/.test(error.message);
    });
  });

  it('refuses what something else registered', async () => {
    const versions = new KeptVersions();
    await train(versions);
    const foreign = (blob: string, hyperparametersJson?: string) => ({
      blob: () => Promise.resolve(Buffer.from(blob)),
      provenance: async () => {
        const provenance = await versions.provenance('m', 2);
        return { ...provenance, ...(hyperparametersJson && { hyperparametersJson }) };
      },
    });
    const manifest = await versions.blob(
      (await versions.provenance('m', 2)).trainingManifestDigest,
    );
    for (const [reader, text] of [
      [foreign('{}'), /training manifest of format/],
      [foreign('[1'), /no JSON/],
      [foreign('{"format":"mlmesh-training-9"}'), /mlmesh-training-9/],
      [foreign(Buffer.from(manifest).toString(), '{"kind":"forest"}'), /of kind 'forest'/],
      [foreign(Buffer.from(manifest).toString(), '{"kind":"mlp","hidden":[0]}'), /hyperparameters/],
    ] as const) {
      await assert.rejects(reproduce(versions, { versions: reader }), text);
    }
  });
});
