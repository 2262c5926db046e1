import type { ColumnNames, Columns, ColumnValues } from './column.ts';
import type { FeatureDefinition } from './feature.ts';
import type { PipelinePlan } from './pipeline.ts';
import type { PolicyPlan } from './policy.ts';
import type { RequestFeatureDefinition } from './request-feature.ts';
import type { SourceDefinition } from './source.ts';

/** What rules answer. */
export interface RuleAnswer {
  /** 0 to 1. */
  readonly probability: number;
  /** One phrase for people: which rule spoke. */
  readonly because: string;
}

/** Values of a request by name: join keys and request inputs; timestamps are epoch ms. */
export type RequestValues = Readonly<Record<string, number | string | boolean>>;

/** Values of the model's input features by name; one that is not present is not there. */
export type FeatureValues = Readonly<Record<string, number>>;

/** Business rules: synchronous and pure. They answer even when no feature is there. */
export type Rules = (request: RequestValues, features: FeatureValues) => RuleAnswer;

/** What an answer turned out to be worth. */
export interface BusinessCase {
  /** What was answered. */
  readonly probability: number;
  /** Whether that reached the policy's threshold, so that the action was taken. */
  readonly isActedOn: boolean;
  /** What happened: the label, 1 or 0. */
  readonly outcome: number;
}

/** Gives the value of an answer in the author's unit of business. */
export type BusinessValue = (businessCase: BusinessCase) => number;

/** A request as the rules of a model over columns `C` see it. */
export type RequestOf<C extends Columns> = {
  readonly [N in keyof C & string]?: ColumnValues[C[N]['type']];
};

/** A model as an author writes it. `I` are the names of the features that it may take. */
export interface ModelOptions<C extends Columns, I extends string> {
  /** In the order in which the model gets them. */
  readonly inputs: readonly I[];
  /** The model gives one number, 0 to 1. */
  readonly output: 'probability';
  readonly pipeline: PipelinePlan;
  rules(request: RequestOf<C>, features: { readonly [N in I]?: number }): RuleAnswer;
  readonly policy: PolicyPlan;
  readonly businessValue?: BusinessValue;
}

/** A model whose name is its key in `models` of the mesh. */
export interface ModelDefinition {
  readonly examples: SourceDefinition;
  readonly inputs: readonly string[];
  readonly output: 'probability';
  readonly pipeline: PipelinePlan;
  readonly rules: Rules;
  readonly policy: PolicyPlan;
  readonly businessValue: BusinessValue | undefined;
}

/** What the models of a mesh can draw on. */
export interface ModelIngredients<C extends Columns, F extends string, R extends string> {
  readonly examples: SourceDefinition<C>;
  readonly features: Readonly<Record<F, FeatureDefinition>>;
  readonly requestFeatures: Readonly<Record<R, RequestFeatureDefinition>>;
}

/** Defines models; a by-column in `cohortBy` and a name in `inputs` have to exist. */
export type ModelBuilder<C extends Columns, I extends string> = (
  options: ModelOptions<C, I>,
) => ModelDefinition;

/** Names of columns that can be join keys. */
export type JoinKeyNames<C extends Columns> = ColumnNames<C, 'text' | 'int'>;

/** Gives the function that defines models over examples of one source, with the names of features in its type. */
export function modelsOf<C extends Columns, F extends string, R extends string>(
  ingredients: ModelIngredients<C, F, R>,
): ModelBuilder<C, F | R> {
  return (options) => {
    const { inputs, output, pipeline, policy, businessValue } = options;
    const rules: (request: never, features: { readonly [N in F | R]?: number }) => RuleAnswer =
      options.rules.bind(options);
    return Object.freeze({
      examples: ingredients.examples,
      inputs,
      output,
      pipeline,
      // Whoever calls has parsed the request by the types of the columns, which is what RequestOf says.
      rules: rules as Rules,
      policy,
      businessValue,
    });
  };
}
