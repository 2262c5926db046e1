import { compileFeatureSet } from './compile-feature-set.ts';
import { definitionInvalid } from './definition-error.ts';
import type { MeshModel } from './mesh.ts';
import type { CompiledFeatures } from './mesh-features.ts';
import type { ModelDefinition } from './model.ts';

/**
 * Gives a model with its feature set.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID or DEFINITION_DUPLICATE, as compileFeatureSet; DEFINITION_INVALID too when
 * the examples lack what the inputs need.
 */
export function compileModel(
  name: string,
  definition: ModelDefinition,
  compiled: CompiledFeatures,
): MeshModel {
  const subject = `model '${name}'`;
  const set = compileFeatureSet({ name, subject }, definition.inputs, compiled);
  checkExamples(definition, set, subject);
  for (const key of definition.policy.cohortBy) {
    if (!set.joinKeys.some((joinKey) => joinKey.name === key)) {
      throw definitionInvalid(
        subject,
        `policy.cohortBy names '${key}', which is no join key; those are ${set.joinKeys.map((joinKey) => joinKey.name).join(', ')}`,
      );
    }
  }
  return {
    name,
    ...set,
    requestInputs: set.featureSet.requestInputs,
    output: definition.output,
    pipeline: definition.pipeline,
    rules: definition.rules,
    policy: definition.policy,
    businessValue: definition.businessValue,
  };
}

/** Training takes join keys and request inputs from the examples: they have to have them, with the same types. */
function checkExamples(
  { examples, pipeline }: ModelDefinition,
  { joinKeys, featureSet }: Pick<MeshModel, 'joinKeys' | 'featureSet'>,
  subject: string,
): void {
  if (pipeline.examples !== examples.name) {
    throw definitionInvalid(
      subject,
      `is defined over examples of '${examples.name}', its pipeline over '${pipeline.examples}'; make them one`,
    );
  }
  for (const { name, type } of joinKeys) {
    if (examples.columns[name]?.type !== type) {
      throw definitionInvalid(
        subject,
        `needs a column '${name}' of type ${type} in source '${examples.name}', since a feature is kept by it`,
      );
    }
  }
  for (const { name, type, scale } of featureSet.requestInputs) {
    const column = examples.columns[name];
    if (column?.type !== type || column.scale !== scale) {
      throw definitionInvalid(
        subject,
        `needs a column '${name}' of type ${type} in source '${examples.name}', since a request feature reads it`,
      );
    }
  }
}
