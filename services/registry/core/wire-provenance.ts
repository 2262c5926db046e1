import type {
  ColumnBinding,
  Origin,
  Provenance,
  ServingSignature,
  TrainingEnvironment,
} from './model-version.ts';

/** An origin as the wire gives it: what is known of the data is a text. */
export interface WireOrigin extends Omit<Origin, 'trainingData'> {
  readonly trainingData: string;
}

/** A signature as the wire gives it: kinds of bindings are texts. */
export interface WireSignature extends Omit<ServingSignature, 'bindings'> {
  readonly bindings: readonly (Omit<ColumnBinding, 'kind'> & { readonly kind: string })[];
}

/** Provenance as the wire gives it; parts may be missing. */
export interface WireProvenance
  extends Omit<
    Provenance,
    'artifactFormat' | 'trainingData' | 'signature' | 'resources' | 'environment' | 'origin'
  > {
  readonly artifactFormat: string;
  readonly trainingData: Provenance['trainingData'];
  readonly signature: WireSignature | null;
  readonly resources: Provenance['resources'] | null;
  readonly environment: TrainingEnvironment | null;
  readonly origin?: WireOrigin | null;
}

/** What is asked of provenance: field, what is wanted, whether it is so. */
export type Rule = readonly [string, string, boolean];
