import type { Expression } from '../compute/expression.ts';
import {
  type Candidate,
  type CandidateAlias,
  type CandidateOptions,
  candidateOf,
} from './candidate.ts';
import type { ColumnNames, Columns } from './column.ts';
import { type Interval, type IntervalPlan, intervalOf, timeText } from './date-text.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';
import { type RowFrame, rowFrame } from './row-frame.ts';
import type { SourceDefinition } from './source.ts';
import type { Condition } from './term.ts';

/** What the features of a training set may know. */
export type SetMode = 'as-served' | 'as-corrected' | 'as-logged';

/** How versions of a model are trained. */
export interface PipelineOptions<C extends Columns> {
  /** Each of its events is one example. */
  readonly examples: SourceDefinition<C>;
  /** Time t of an example. */
  readonly at: ColumnNames<C, 'timestamp'>;
  /** What is to be predicted. */
  readonly label: (example: RowFrame<C>) => Condition;
  readonly train: Interval;
  /** Versions are measured on it; after `train`, with the source's delay in between. */
  readonly validate: Interval;
  /** Looked at once, for figures that no choice was made by; after `validate`, with the same delay in between. */
  readonly test?: Interval;
  /** A fixed rule takes at most so many examples. Default: 200,000. */
  readonly trainRowsMax?: number;
  /** Default: 50,000. */
  readonly validateRowsMax?: number;
  /** Default: 50,000. */
  readonly testRowsMax?: number;
  /** Columns of the examples, at most 8: versions are measured for each of their most frequent values too. */
  readonly segments?: readonly ColumnNames<C, 'text' | 'int' | 'bool'>[];
  /**
   * What the features of an example may know: `as-served`, what an answer at its time could have known; `as-corrected`, late events too;
   * `as-logged`, what was answered at its time, and examples without an answer are left out. Default: as-served.
   */
  readonly features?: SetMode;
  /** As logged: an answer may be so much older than its example. Default: 0ms. */
  readonly answersWithin?: DurationText;
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
  readonly test: IntervalPlan | undefined;
  readonly trainRowsMax: number;
  readonly validateRowsMax: number;
  readonly testRowsMax: number;
  readonly segments: readonly string[];
  readonly features: SetMode;
  /** 0 unless the features are as logged. */
  readonly answersWithinMs: number;
  readonly seed: number;
  readonly candidates: readonly Candidate[];
}

/**
 * Gives a checked pipeline.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when intervals overlap, are out of order or nearer to each other than a label needs
 * to become known, a number is out of range, or a column or alias is missing.
 */
export function pipeline<C extends Columns>(options: PipelineOptions<C>): PipelinePlan {
  const { examples, seed = 1 } = options;
  const { trainRowsMax = 200_000, validateRowsMax = 50_000, testRowsMax = 50_000 } = options;
  const subject = `pipeline over '${examples.name}'`;
  if (examples.columns[options.at]?.type !== 'timestamp') {
    throw definitionInvalid(subject, `wanted a timestamp column as 'at', got '${options.at}'`);
  }
  for (const [name, value] of Object.entries({ trainRowsMax, validateRowsMax, testRowsMax })) {
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
    ...checkedIntervals(options, examples.plan.visibleAfterMs, subject),
    trainRowsMax,
    validateRowsMax,
    testRowsMax,
    segments: checkedSegments(options.segments ?? [], examples, subject),
    ...checkedMode(options, subject),
    seed,
    candidates: checkedCandidates(options.candidates, subject),
  };
}

/** Time goes one way: what is measured on comes after what was learnt from, when all of its labels were known. */
function checkedIntervals(
  options: { readonly train: Interval; readonly validate: Interval; readonly test?: Interval },
  embargoMs: number,
  subject: string,
): Pick<PipelinePlan, 'train' | 'validate' | 'test'> {
  const train = intervalOf(options.train, `${subject}, train`);
  const validate = intervalOf(options.validate, `${subject}, validate`);
  const test =
    options.test === undefined ? undefined : intervalOf(options.test, `${subject}, test`);
  assertFollows({ name: 'train', ...train }, { name: 'validate', ...validate }, embargoMs, subject);
  if (test !== undefined) {
    assertFollows({ name: 'validate', ...validate }, { name: 'test', ...test }, embargoMs, subject);
  }
  return { train, validate, test };
}

interface NamedInterval extends IntervalPlan {
  readonly name: string;
}

function assertFollows(
  earlier: NamedInterval,
  later: NamedInterval,
  embargoMs: number,
  subject: string,
): void {
  const names = `${earlier.name} and ${later.name}`;
  if (earlier.fromMs < later.untilMs && later.fromMs < earlier.untilMs) {
    throw definitionInvalid(
      subject,
      `${names} overlap, so that ${later.name} would flatter; let ${later.name} begin at ${timeText(earlier.untilMs + embargoMs)} or later`,
    );
  }
  if (later.fromMs < earlier.untilMs) {
    throw definitionInvalid(
      subject,
      `${later.name} comes before ${earlier.name}, so that a model would be measured on its past; let it begin at ${timeText(earlier.untilMs + embargoMs)} or later`,
    );
  }
  if (later.fromMs < earlier.untilMs + embargoMs) {
    throw definitionInvalid(
      subject,
      `labels of ${earlier.name} become known ${embargoMs} ms after their events (visibleAfter), some after ${later.name} has begun; end ${earlier.name} at ${timeText(later.fromMs - embargoMs)}, or begin ${later.name} at ${timeText(earlier.untilMs + embargoMs)}`,
    );
  }
}

/** Features as they were logged go back as far as the log of answers does. */
const answersWithinMsMax = 366 * 86_400_000;

function checkedMode(
  {
    features = 'as-served',
    answersWithin = '0ms',
  }: { readonly features?: SetMode; readonly answersWithin?: DurationText },
  subject: string,
): Pick<PipelinePlan, 'features' | 'answersWithinMs'> {
  const modes: readonly string[] = ['as-served', 'as-corrected', 'as-logged'] satisfies SetMode[];
  if (!modes.includes(features)) {
    throw definitionInvalid(subject, `wanted features ${modes.join(', ')}, got '${features}'`);
  }
  const answersWithinMs = durationOf(answersWithin, `${subject}, answersWithin`, 0);
  const limitMs = features === 'as-logged' ? answersWithinMsMax : 0;
  if (answersWithinMs <= limitMs) return { features, answersWithinMs };
  throw definitionInvalid(
    subject,
    features === 'as-logged'
      ? `wanted answersWithin of at most 366d, got '${answersWithin}'`
      : `answersWithin is for features 'as-logged', got '${features}'`,
  );
}

/** A segment costs a column of texts, and figures for each of its values. */
const segmentsMax = 8;

function checkedSegments(
  segments: readonly string[],
  { name, columns }: SourceDefinition,
  subject: string,
): readonly string[] {
  if (segments.length > segmentsMax || new Set(segments).size !== segments.length) {
    throw definitionInvalid(
      subject,
      `wanted at most ${segmentsMax} segments, each once, got ${segments.join(', ')}`,
    );
  }
  const types = ['text', 'int', 'bool'];
  for (const segment of segments) {
    const type = columns[segment]?.type;
    if (type !== undefined && types.includes(type)) continue;
    const known = Object.keys(columns).filter((column) =>
      types.includes(columns[column]?.type ?? ''),
    );
    throw definitionInvalid(
      subject,
      `wanted columns of '${name}' with texts, whole numbers or truth values as segments (${known.join(', ')}), got '${segment}'`,
    );
  }
  return segments;
}

function checkedCandidates(
  options: readonly CandidateOptions[],
  subject: string,
): readonly Candidate[] {
  const candidates = options.map((option) => candidateOf(option, subject));
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
