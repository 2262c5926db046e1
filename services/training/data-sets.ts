import { hashTrainingSet } from '../shared/compute/training-set-hash.ts';
import { timeText } from '../shared/definition/date-text.ts';
import type { MeshModel } from '../shared/definition/mesh.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { indexTrainingSet } from './core/data-index.ts';
import type { SetManifest, SetRole, TrainingManifest } from './core/training-manifest.ts';
import type { OnStepProgress, TrainingSet, TrainingSetSource } from './ports.ts';

/** Which rows of one set are wanted. */
export type SetRecipe = Pick<
  SetManifest,
  'role' | 'fromMs' | 'untilMs' | 'rowsMax' | 'seed' | 'logOffset' | 'answersBefore'
>;

/** Which data are wanted: what a mesh file defines, or what the manifest of a version says. */
export interface DataRecipe extends Omit<TrainingManifest, 'sets'> {
  /** A log offset or a number of an answer of 0 means that of the first set, which is that of now. */
  readonly sets: readonly SetRecipe[];
}

/** A data set and what it is for. */
export interface RoleSet extends TrainingSet {
  readonly role: SetRole;
}

/** The data sets of a training, and what they were made of. */
export interface DataSets {
  readonly train: RoleSet;
  readonly validate: RoleSet;
  readonly test: RoleSet | undefined;
  readonly manifest: TrainingManifest;
}

/** Hears about the progress of a stage, such as `train production`. */
export type OnStage = (stage: string) => OnStepProgress;

/** Gives what a mesh file says about the data of a model. */
export function recipeOf({ name, featureSet, pipeline }: MeshModel): DataRecipe {
  const { examples, at, label, seed, segments, train, validate, test } = pipeline;
  const { trainRowsMax, validateRowsMax, testRowsMax } = pipeline;
  const shared = { seed, logOffset: 0, answersBefore: 0 };
  return {
    model: name,
    examples: { source: examples, at, label },
    featureSetHash: featureSet.hash,
    features: featureSet.columns.map((column) => column.name),
    definitionHashes: featureSet.columns.map((column) => column.hash),
    segments,
    mode: pipeline.features,
    answerAgeMaxMs: pipeline.answersWithinMs,
    sets: [
      { role: 'train', ...train, rowsMax: trainRowsMax, ...shared },
      { role: 'validate', ...validate, rowsMax: validateRowsMax, ...shared },
      ...(test === undefined
        ? []
        : [{ role: 'test' as const, ...test, rowsMax: testRowsMax, ...shared }]),
    ],
  };
}

/**
 * Has the sets of a recipe built, all at one log offset unless the recipe says otherwise, and checks that each is what its hash says.
 * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED when the feature service defines other features, or a set has no rows or labels of one
 * kind alone; DATA_LOSS / TRAINING_FAILED when rows do not match their hash; whatever the source throws.
 */
export async function buildDataSets(
  recipe: DataRecipe,
  source: TrainingSetSource,
  { onStage, signal }: { readonly onStage: OnStage; readonly signal: AbortSignal },
): Promise<DataSets> {
  const built: RoleSet[] = [];
  const manifests: SetManifest[] = [];
  for (const wish of recipe.sets) {
    const logOffset = wish.logOffset || (built[0]?.manifest.logOffset ?? 0);
    const answersBefore = wish.answersBefore || (built[0]?.manifest.answersBefore ?? 0);
    const { role, fromMs, untilMs, rowsMax, seed } = wish;
    const { mode, answerAgeMaxMs } = recipe;
    const query = {
      model: recipe.model,
      mode,
      answerAgeMaxMs,
      answersBefore,
      interval: { fromMs, untilMs },
      rowsMax,
      seed,
      logOffset,
      featureSetHash: recipe.featureSetHash,
      segmentColumns: role === 'train' ? [] : recipe.segments,
    };
    const set = await source
      .build(query, onStage(stageNames[role]), signal)
      .catch((error: unknown) => {
        throw withAdvice(error, recipe);
      });
    checkSet(set, recipe, role);
    built.push({ role, ...set });
    manifests.push(manifestOf(set, wish, recipe.features));
  }
  const { sets: _, ...shared } = recipe;
  const manifest = { ...shared, sets: manifests };
  const [train, validate, test] = built;
  if (train === undefined || validate === undefined) {
    throw failed(`wanted a training and a validation set for '${recipe.model}', got neither`);
  }
  return { train, validate, test, manifest };
}

const stageNames: Readonly<Record<SetRole, string>> = {
  train: 'build training set',
  validate: 'build validation set',
  test: 'build test set',
};

/** Says what to do where the features are not served. */
function withAdvice(error: unknown, { model, featureSetHash }: DataRecipe): unknown {
  if (!(error instanceof MeshError) || error.reason !== 'FEATURE_SET_UNKNOWN') return error;
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `the features that '${model}' is trained on, feature set ${featureSetHash}, are not served: ${error.message}; start the mesh with the mesh file that defines them`,
    cause: error,
  });
}

function checkSet({ manifest, rows }: TrainingSet, recipe: DataRecipe, role: SetRole): void {
  if (manifest.featureSetHash !== recipe.featureSetHash) {
    throw failed(
      `wanted rows of feature set ${recipe.featureSetHash} for model '${recipe.model}', got ${manifest.featureSetHash}; restart the mesh with this mesh file`,
    );
  }
  const hash = hashTrainingSet(rows).root;
  const columns = recipe.features.length;
  if (manifest.dataHash !== hash || rows.columns !== columns) {
    throw new MeshError({
      code: 'DATA_LOSS',
      reason: 'TRAINING_FAILED',
      message: `wanted ${columns} columns with hash ${manifest.dataHash}, got ${rows.columns} columns with hash ${hash}; the rows changed on their way`,
    });
  }
  const interval = `its ${role} interval, ${timeText(manifest.interval.fromMs)} to ${timeText(manifest.interval.untilMs)}`;
  if (rows.rows === 0) {
    throw failed(
      `wanted examples for model '${recipe.model}' in ${interval}, got none; widen it or import the source further`,
    );
  }
  const positives = rows.labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === rows.rows) {
    throw failed(
      `wanted examples of both labels for model '${recipe.model}' in ${interval}, got ${rows.rows} rows, all with label ${positives === 0 ? 0 : 1}; widen it, or see whether the label says what it is meant to`,
    );
  }
}

function manifestOf(
  { rows, manifest }: TrainingSet,
  wish: SetRecipe,
  features: readonly string[],
): SetManifest {
  const { logOffset, answersBefore, dataHash, computeVersion, sources } = manifest;
  return {
    ...wish,
    logOffset,
    answersBefore,
    rows: rows.rows,
    dataHash,
    computeVersion,
    sources,
    index: indexTrainingSet(rows, features),
  };
}

function failed(message: string): MeshError {
  return new MeshError({ code: 'FAILED_PRECONDITION', reason: 'TRAINING_FAILED', message });
}
