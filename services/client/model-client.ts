import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { MeshClient, PredictInput, Prediction, PredictOptions } from './mesh-client.ts';
import type { FeatureInput } from './to-value.ts';

/** What a model takes and gives, as `mlmesh client` writes it into a module. */
export interface ModelShape {
  /** Name of the model. */
  readonly model: string;
  /** Join keys. */
  readonly entities: readonly string[];
  /** Request features. */
  readonly features: readonly string[];
  /** Names of the outputs, in order; each is one number. */
  readonly outputs: readonly string[];
}

/** A prediction with its outputs by name. */
export type ModelPrediction<Outputs> = Omit<Prediction, 'outputs'> & { readonly outputs: Outputs };

/** How one prediction is asked for. */
export interface ModelPredictOptions extends PredictOptions {
  /** Time of the prediction; only in a mesh that runs on a virtual clock. */
  readonly at?: Date;
}

/** One model of a mesh, with its inputs and outputs by name. */
export interface ModelClient<Input, Outputs> {
  /** Gives one prediction. @throws {MeshError} what {@link MeshClient.predict} says */
  predict(input: Input, options?: ModelPredictOptions): Promise<ModelPrediction<Outputs>>;
  /** Gives a prediction or an error for each input, in order, over one stream. @throws {MeshError} when the stream breaks */
  predictMany(
    inputs: readonly Input[],
    options?: ModelPredictOptions,
  ): Promise<readonly (ModelPrediction<Outputs> | MeshError)[]>;
}

/** Gives a model of a mesh with its inputs and outputs by name. */
export function modelClient<Input, Outputs>(
  mesh: Pick<MeshClient, 'predict' | 'predictStream'>,
  shape: ModelShape,
): ModelClient<Input, Outputs> {
  const { model } = shape;
  const named = (prediction: Prediction): ModelPrediction<Outputs> => ({
    ...prediction,
    outputs: outputsOf<Outputs>(shape, prediction.outputs),
  });
  return {
    async predict(input, { at, ...options } = {}) {
      return named(await mesh.predict(model, predictInput(shape, input, at), options));
    },
    async predictMany(inputs, { at, ...options } = {}) {
      const answers: (ModelPrediction<Outputs> | MeshError)[] = [];
      const asked = inputs.map((input) => predictInput(shape, input, at));
      for await (const { index, result } of mesh.predictStream(model, asked, options)) {
        answers[index] = result instanceof MeshError ? result : named(result);
      }
      return answers;
    },
  };
}

/** Sorts the fields of an input into entity keys and request features. One that is both is given as both. */
function predictInput({ entities, features }: ModelShape, input: unknown, at?: Date): PredictInput {
  const fields = new Map(Object.entries(input ?? {}));
  const keys: Record<string, string> = {};
  const values: Record<string, FeatureInput> = {};
  // What is left out is for the router to refuse: it says what is wanted.
  for (const name of entities) if (fields.has(name)) keys[name] = String(fields.get(name));
  for (const name of features) {
    const value: unknown = fields.get(name);
    if (isFeatureInput(value)) values[name] = value;
  }
  return { entities: keys, features: values, ...(at === undefined ? {} : { at }) };
}

function isFeatureInput(value: unknown): value is FeatureInput {
  return ['number', 'string', 'boolean'].includes(typeof value) || value instanceof Date;
}

/** @throws {MeshError} FAILED_PRECONDITION / DEFINITION_INVALID when the model gives another number of outputs than the module was written for */
function outputsOf<Outputs>(shape: ModelShape, outputs: readonly number[]): Outputs {
  if (outputs.length !== shape.outputs.length) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'DEFINITION_INVALID',
      message: `wanted ${shape.outputs.length} outputs of model '${shape.model}' (${shape.outputs.join(', ')}), got ${outputs.length}; write the module anew with \`mlmesh client\``,
    });
  }
  // The names are those that the type was written from.
  return Object.fromEntries(shape.outputs.map((name, at) => [name, outputs[at]])) as Outputs;
}
