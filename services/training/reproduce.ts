import { canonicalJson } from '../shared/compute/canonical-json.ts';
import type { MeshModel } from '../shared/definition/mesh.ts';
import { compareData, type DataDifference } from './core/data-difference.ts';
import { readHyperparameters } from './core/hyperparameters.ts';
import { compareEnvironments } from './core/reproduction-notes.ts';
import {
  readTrainingManifest,
  type SetRole,
  type TrainingManifest,
} from './core/training-manifest.ts';
import { buildDataSets, type DataSets, type OnStage } from './data-sets.ts';
import { digestOf, makeVersion, type TrainerPorts, type VersionContent } from './make-version.ts';
import type {
  CodeIdentity,
  RecordedProvenance,
  TrainingSetSource,
  VersionReader,
} from './ports.ts';

/** What a reproduction works with; it changes nothing. */
export interface ReproductionPorts extends TrainerPorts {
  readonly source: TrainingSetSource;
  readonly versions: VersionReader;
}

/** Which version is to be made again, by which code. */
export interface ReproductionJob {
  /** As the mesh file defines it now: it says whether that is still what the version was trained by. */
  readonly model: MeshModel;
  readonly version: number;
  readonly code: CodeIdentity;
}

/** Something that was recorded and made again. */
export interface ReproducedItem {
  readonly what: string;
  readonly recorded: string;
  readonly reproduced: string;
  readonly isEqual: boolean;
}

/** Where a data set differs. */
export interface SetDifference extends DataDifference {
  readonly set: SetRole;
}

/** What came of making a version again. */
export interface Reproduction {
  readonly model: string;
  readonly version: number;
  /** Of the version as it is registered, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  /** Whether everything is equal. */
  readonly isReproduced: boolean;
  readonly items: readonly ReproducedItem[];
  readonly differences: readonly SetDifference[];
  /** What is not as it was, and may be why: definitions, sources, code, environment. */
  readonly notes: readonly string[];
}

/**
 * Makes a version again from what its provenance says: the same data at the same log offset, trained with the same settings, whatever the mesh
 * file says now; and compares every digest and figure. Nothing is registered.
 * @throws {MeshError} FAILED_PRECONDITION / FEATURE_SET_UNKNOWN when its features are not served any more; what {@link buildDataSets} and
 *   {@link makeVersion} say; whatever a port throws
 */
export async function reproduceVersion(
  { model, version, code }: ReproductionJob,
  ports: ReproductionPorts,
  run: { readonly onStage: OnStage; readonly signal: AbortSignal },
): Promise<Reproduction> {
  const recorded = await ports.versions.provenance(model.name, version, run.signal);
  const bytes = await ports.versions.blob(recorded.trainingManifestDigest, run.signal);
  const manifest = readTrainingManifest(bytes);
  const { candidate, seed } = readHyperparameters(
    recorded.hyperparametersJson,
    filesOf(model, recorded),
  );
  const data = await buildDataSets(manifest, ports.source, run);
  const content = await makeVersion({ candidate, seed, data }, ports, run);
  const items = [...dataItems(manifest, data), ...contentItems(recorded, content)];
  return {
    model: model.name,
    version,
    artifactDigest: recorded.artifactDigest,
    isReproduced: items.every(({ isEqual }) => isEqual),
    items,
    differences: differencesOf(manifest, data),
    notes: [
      ...definitionNotes(model, manifest),
      ...sourceNotes(manifest, data),
      ...codeNotes(recorded, code),
      ...compareEnvironments(recorded.environment, content.environment),
    ],
  };
}

/** Where the files of an external trainer lie now is for the mesh file to say; what they have to be, for the provenance. */
function filesOf({ pipeline }: MeshModel, { hyperparametersJson }: RecordedProvenance): URL {
  const external = pipeline.candidates.flatMap((one) => (one.kind === 'external' ? [one] : []));
  const named = external.find(({ alias }) =>
    hyperparametersJson.includes(`"candidate":"${alias}"`),
  );
  return new URL((named ?? external[0])?.files ?? 'file:///no-external-trainer-in-the-mesh-file/');
}

function dataItems(manifest: TrainingManifest, data: DataSets): readonly ReproducedItem[] {
  return manifest.sets.flatMap(({ role, dataHash, rows }, index) => {
    const now = data.manifest.sets[index];
    return [
      item(`${role} rows`, `${rows}`, `${now?.rows ?? 0}`),
      item(`${role} data hash`, dataHash, now?.dataHash ?? ''),
    ];
  });
}

function contentItems(
  recorded: RecordedProvenance,
  content: VersionContent,
): readonly ReproducedItem[] {
  const { train_ms: _, ...metrics } = recorded.metrics;
  const names = [...new Set([...Object.keys(content.metrics), ...Object.keys(metrics)])];
  return [
    item(
      'hyperparameters',
      digestOf(Buffer.from(recorded.hyperparametersJson)),
      digestOf(Buffer.from(content.hyperparametersJson)),
    ),
    ...fileItems(recorded, content),
    item('artifact', recorded.artifactDigest, digestOf(content.artifact)),
    item('reference profile', recorded.referenceProfileDigest, digestOf(content.profile)),
    item('golden requests', recorded.goldenRequestsDigest, digestOf(content.golden)),
    item('evaluation', recorded.evaluationDigest, digestOf(content.evaluation)),
    ...names.map((name) => item(name, `${metrics[name]}`, `${content.metrics[name]}`)),
  ];
}

/** A trainer of mlmesh itself has no files of its own. */
function fileItems(
  recorded: RecordedProvenance,
  content: VersionContent,
): readonly ReproducedItem[] {
  if (recorded.environment.command.length === 0) return [];
  return [item('trainer files', digestOfFiles(recorded), digestOfFiles(content))];
}

function digestOfFiles({ environment }: Pick<RecordedProvenance, 'environment'>): string {
  return digestOf(Buffer.from(canonicalJson(environment.files)));
}

function item(what: string, recorded: string, reproduced: string): ReproducedItem {
  return { what, recorded, reproduced, isEqual: recorded === reproduced };
}

function differencesOf(manifest: TrainingManifest, data: DataSets): readonly SetDifference[] {
  const built = [data.train, data.validate, data.test];
  return manifest.sets.flatMap(({ role, index }, at) => {
    const now = data.manifest.sets[at]?.index;
    const rows = built[at]?.rows;
    if (now === undefined || rows === undefined) return [];
    const difference = compareData(index, now, rows);
    return difference === undefined ? [] : [{ set: role, ...difference }];
  });
}

function definitionNotes(
  { name, featureSet, pipeline }: MeshModel,
  { examples, featureSetHash }: TrainingManifest,
): readonly string[] {
  const { examples: source, at, label } = pipeline;
  const notes: string[] = [];
  if (featureSet.hash !== featureSetHash) {
    notes.push(
      `the mesh file gives '${name}' other features now (${featureSet.hash}); those that it was trained on (${featureSetHash}) are still served, and were used`,
    );
  }
  if (canonicalJson({ source, at, label }) !== canonicalJson(examples)) {
    notes.push(
      `the mesh file makes examples of '${name}' otherwise now: their source, time or label is not what it was, and what the mesh file says was used`,
    );
  }
  return notes;
}

function sourceNotes(manifest: TrainingManifest, data: DataSets): readonly string[] {
  const now = new Map(data.train.manifest.sources.map((source) => [source.name, source]));
  return (manifest.sets[0]?.sources ?? []).flatMap(({ name, fileHash, planHash }) => {
    const found = now.get(name);
    if (found?.fileHash !== fileHash) {
      return [
        `the history of source '${name}' is another file: sha256 ${fileHash || 'none'} was recorded, ${found?.fileHash || 'none'} is here`,
      ];
    }
    if (found.planHash === planHash) return [];
    return [`source '${name}' was imported under another definition`];
  });
}

function codeNotes(recorded: RecordedProvenance, code: CodeIdentity): readonly string[] {
  const textOf = (commit: string, isDirty: boolean): string =>
    `${commit}${isDirty ? ' with changes' : ''}`;
  const then = textOf(recorded.codeCommit, recorded.isCodeDirty);
  const now = textOf(code.commit, code.isDirty);
  return then === now ? [] : [`it was trained by code ${then}; this is ${now}`];
}
