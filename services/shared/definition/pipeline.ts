import type { Expression } from '../compute/expression.ts';
import type { ColumnNames, Columns } from './column.ts';
import { type Interval, type IntervalPlan, intervalOf } from './date-text.ts';
import { definitionInvalid } from './definition-error.ts';
import { type RowFrame, rowFrame } from './row-frame.ts';
import type { SourceDefinition } from './source.ts';
import type { Condition } from './term.ts';

/** The part that a trained version takes at first. */
export type CandidateAlias = 'fallback' | 'production' | 'shadow';

/** One model to train. */
export type Candidate =
  | {
      readonly alias: CandidateAlias;
      readonly kind: 'logistic';
      readonly format: 'onnx' | 'tfjs';
      readonly epochs: number;
      readonly learningRate: number;
      readonly batchRows: number;
      /** Weight of the squared weights in the loss. */
      readonly l2: number;
    }
  | {
      readonly alias: CandidateAlias;
      readonly kind: 'mlp';
      readonly format: 'onnx' | 'tfjs';
      /** Units of the hidden layers, first to last. */
      readonly hidden: readonly number[];
      readonly epochs: number;
      readonly learningRate: number;
      readonly batchRows: number;
      readonly l2: number;
    };

/** A candidate as an author writes it; what is left out takes the defaults of {@link pipeline}. */
export type CandidateOptions =
  | Optional<Extract<Candidate, { kind: 'logistic' }>, 'alias' | 'kind'>
  | Optional<Extract<Candidate, { kind: 'mlp' }>, 'alias' | 'kind' | 'hidden'>;

type Optional<T, Required extends keyof T> = Pick<T, Required> & Partial<T>;

/** How versions of a model are trained. */
export interface PipelineOptions<C extends Columns> {
  /** Each of its events is one example. */
  readonly examples: SourceDefinition<C>;
  /** Time t of an example. */
  readonly at: ColumnNames<C, 'timestamp'>;
  /** What is to be predicted. */
  readonly label: (example: RowFrame<C>) => Condition;
  readonly train: Interval;
  readonly validate: Interval;
  /** A fixed rule takes at most so many examples. Default: 200,000. */
  readonly trainRowsMax?: number;
  /** Default: 50,000. */
  readonly validateRowsMax?: number;
  /** Of the sample, the initial weights and the shuffles. Default: 1. */
  readonly seed?: number;
  readonly candidates: readonly CandidateOptions[];
}

/** A pipeline as plain data. */
export interface PipelinePlan {
  /** Name of the source whose events are the examples. */
  readonly examples: string;
  /** Timestamp column that gives time t of an example. */
  readonly at: string;
  /** 1 or 0 for an example; NaN where a column is missing: such examples are left out. */
  readonly label: Expression;
  readonly train: IntervalPlan;
  readonly validate: IntervalPlan;
  readonly trainRowsMax: number;
  readonly validateRowsMax: number;
  readonly seed: number;
  readonly candidates: readonly Candidate[];
}

/**
 * Gives a checked pipeline.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when intervals overlap, a number is out of range or an alias is missing.
 */
export function pipeline<C extends Columns>(options: PipelineOptions<C>): PipelinePlan {
  const { examples, seed = 1, trainRowsMax = 200_000, validateRowsMax = 50_000 } = options;
  const subject = `pipeline over '${examples.name}'`;
  if (examples.columns[options.at]?.type !== 'timestamp') {
    throw definitionInvalid(subject, `wanted a timestamp column as 'at', got '${options.at}'`);
  }
  const train = intervalOf(options.train, `${subject}, train`);
  const validate = intervalOf(options.validate, `${subject}, validate`);
  if (train.fromMs < validate.untilMs && validate.fromMs < train.untilMs) {
    throw definitionInvalid(
      subject,
      'train and validate overlap, so that validation would flatter',
    );
  }
  for (const [name, value] of Object.entries({ trainRowsMax, validateRowsMax })) {
    if (!Number.isInteger(value) || value < 1) {
      throw definitionInvalid(subject, `wanted ${name} of 1 or more, got ${value}`);
    }
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw definitionInvalid(subject, `wanted a seed of 0 to 2^32 - 1, got ${seed}`);
  }
  return {
    examples: examples.name,
    at: options.at,
    label: options.label(rowFrame(examples.columns, `${subject}, label`)).expression,
    train,
    validate,
    trainRowsMax,
    validateRowsMax,
    seed,
    candidates: checkedCandidates(options.candidates, subject),
  };
}

function checkedCandidates(
  options: readonly CandidateOptions[],
  subject: string,
): readonly Candidate[] {
  const candidates = options.map((option) => withDefaults(option, subject));
  for (const alias of ['production', 'fallback'] satisfies readonly CandidateAlias[]) {
    if (!candidates.some((candidate) => candidate.alias === alias)) {
      throw definitionInvalid(subject, `has no candidate with alias '${alias}'; add one`);
    }
  }
  if (new Set(candidates.map(({ alias }) => alias)).size !== candidates.length) {
    throw definitionInvalid(subject, 'has two candidates with one alias; each alias takes one');
  }
  return candidates;
}

function withDefaults(options: CandidateOptions, subject: string): Candidate {
  const shared = { format: 'onnx', epochs: 5, batchRows: 512, l2: 1e-5 } as const;
  const candidate: Candidate =
    options.kind === 'logistic'
      ? { ...shared, learningRate: 0.01, ...options }
      : { ...shared, learningRate: 0.003, ...options };
  const sizes = [candidate.epochs, candidate.batchRows];
  if (candidate.kind === 'mlp') sizes.push(candidate.hidden.length, ...candidate.hidden);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw definitionInvalid(
      `${subject}, candidate '${candidate.alias}'`,
      'wanted whole numbers of 1 or more as epochs, batchRows and hidden units',
    );
  }
  if (!(candidate.learningRate > 0 && candidate.l2 >= 0)) {
    throw definitionInvalid(
      `${subject}, candidate '${candidate.alias}'`,
      'wanted a learningRate above 0 and an l2 of 0 or more',
    );
  }
  return candidate;
}
