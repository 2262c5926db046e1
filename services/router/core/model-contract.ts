import type { DurationMs } from '../../shared/kernel/units.ts';
import type { CohortPolicy } from './cohort.ts';
import type { ShadowPolicy } from './shadow-choice.ts';

/** Type of a request feature as callers see it. */
export type RequestInputType = 'number' | 'text' | 'flag' | 'time';

/** Scalars of a request as the rules see them. */
export type RequestValue = number | string | boolean;

/** What the rules answer. */
export interface RulesAnswer {
  readonly outputs: readonly number[];
  /** Why, for people. */
  readonly because: string;
}

/** Features that are present, and the request, for the rules. */
export interface RulesInput {
  readonly entities: Readonly<Record<string, string>>;
  readonly request: Readonly<Record<string, RequestValue>>;
  readonly features: Readonly<Record<string, number>>;
  readonly atMs: number;
}

/** How a model degrades and what runs beside it. */
export interface ServingPolicy extends ShadowPolicy {
  readonly modelBudgetMs: DurationMs;
  readonly reserveMarginMs: DurationMs;
  /** Where a timeout of the model leads. */
  readonly onModelTimeout: 'fallback' | 'rules';
  /** Where an error of the model leads. */
  readonly onModelError: 'fallback' | 'rules';
  /** What follows when more features are missing than {@link missingShareMax} allows. */
  readonly onMissingFeatures: 'fallback' | 'rules';
  /** What follows when the fallback does not answer either. */
  readonly onFallbackError: 'rules' | 'error';
  /** Share of features that may be missing before the model is skipped, 0 to 1. */
  readonly missingShareMax: number;
  readonly cohorts: CohortPolicy;
}

/** What the router must know of a feature set to make rows of it. */
export interface RowContract {
  /** Entity keys that it needs, in order. */
  readonly joinKeys: readonly string[];
  readonly requestInputs: readonly { readonly name: string; readonly type: RequestInputType }[];
  readonly featureSetHash: string;
  /** Names of the view columns, in the order in which the feature service gives them. */
  readonly viewColumns: readonly string[];
  /** Defaults of the view columns; NaN is never among them. */
  readonly viewDefaults: Float64Array;
  /** Names of the request-time columns, in order. */
  readonly requestColumns: readonly string[];
  /** Computes the request-time columns: [request columns]. */
  readonly computeRequest: (values: Readonly<Record<string, RequestValue>>) => Float64Array;
  /** Puts view and request-time columns into the order of the signature: [features]. */
  readonly assembleRow: (view: Float64Array, request: Float64Array) => Float32Array;
}

/** Everything that the router must know of one model of the mesh; as a row contract, what its requests name and its newest versions take. */
export interface ModelContract extends RowContract {
  readonly model: string;
  readonly rules: (input: RulesInput) => RulesAnswer;
  readonly policy: ServingPolicy;
}
