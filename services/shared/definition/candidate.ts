import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';

/** The part that a trained version takes at first. */
export type CandidateAlias = 'fallback' | 'production' | 'shadow';

/** A network that mlmesh trains itself. */
interface NetworkCandidate {
  readonly alias: CandidateAlias;
  readonly format: 'onnx' | 'tfjs';
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchRows: number;
  /** Weight of the squared weights in the loss. */
  readonly l2: number;
}

/** A logistic regression. */
export interface LogisticCandidate extends NetworkCandidate {
  readonly kind: 'logistic';
}

/** A multilayer perceptron. */
export interface MlpCandidate extends NetworkCandidate {
  readonly kind: 'mlp';
  /** Units of the hidden layers, first to last. */
  readonly hidden: readonly number[];
}

/** A model that a command trains: it reads data.parquet and spec.json, and writes model.onnx and metrics.json. */
export interface ExternalCandidate {
  readonly alias: CandidateAlias;
  readonly kind: 'external';
  readonly format: 'onnx';
  /** Program and arguments. It runs in a folder of its own, where the trainer's files lie in `trainer/`. */
  readonly command: readonly string[];
  /** URL of the folder with the trainer's files: all that the command needs beside installed programs. */
  readonly files: string;
  /** Hyperparameters, for the trainer to read from spec.json. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** A command that takes longer is ended. */
  readonly timeoutMs: number;
}

/** One model to train. */
export type Candidate = LogisticCandidate | MlpCandidate | ExternalCandidate;

/** A candidate as an author writes it; what is left out takes defaults. */
export type CandidateOptions =
  | Optional<LogisticCandidate, 'alias' | 'kind'>
  | Optional<MlpCandidate, 'alias' | 'kind' | 'hidden'>
  | ExternalOptions;

/** An external candidate as an author writes it. */
export interface ExternalOptions extends Pick<ExternalCandidate, 'alias' | 'kind' | 'command'> {
  /** Folder with the trainer's files, such as `new URL('./boosting/', import.meta.url)`. */
  readonly files: URL;
  readonly parameters?: ExternalCandidate['parameters'];
  /** Default: 30min. */
  readonly timeout?: DurationText;
}

type Optional<T, Required extends keyof T> = Pick<T, Required> & Partial<T>;

/**
 * Gives a checked candidate with its defaults.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when a number is out of range or a part is missing
 */
export function candidateOf(options: CandidateOptions, pipelineSubject: string): Candidate {
  const subject = `${pipelineSubject}, candidate '${options.alias}'`;
  return options.kind === 'external' ? externalOf(options, subject) : networkOf(options, subject);
}

function networkOf(
  options: Exclude<CandidateOptions, ExternalOptions>,
  subject: string,
): LogisticCandidate | MlpCandidate {
  const shared = { format: 'onnx', epochs: 5, batchRows: 512, l2: 1e-5 } as const;
  const candidate =
    options.kind === 'logistic'
      ? { ...shared, learningRate: 0.01, ...options }
      : { ...shared, learningRate: 0.003, ...options };
  const sizes = [candidate.epochs, candidate.batchRows];
  if (candidate.kind === 'mlp') sizes.push(candidate.hidden.length, ...candidate.hidden);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw definitionInvalid(
      subject,
      'wanted whole numbers of 1 or more as epochs, batchRows and hidden units',
    );
  }
  if (!(candidate.learningRate > 0 && candidate.l2 >= 0)) {
    throw definitionInvalid(subject, 'wanted a learningRate above 0 and an l2 of 0 or more');
  }
  return candidate;
}

function externalOf(
  { alias, kind, command, files, parameters = {}, timeout = '30min' }: ExternalOptions,
  subject: string,
): ExternalCandidate {
  if (command.length === 0 || command.some((part) => part === '')) {
    throw definitionInvalid(subject, 'wanted a command: a program and its arguments, none empty');
  }
  if (files.protocol !== 'file:') {
    throw definitionInvalid(
      subject,
      `wanted the folder with the trainer's files as a file: URL, got ${files.href}`,
    );
  }
  const bad = Object.entries(parameters).find(
    ([, value]) => typeof value === 'number' && !Number.isFinite(value),
  );
  if (bad !== undefined) {
    throw definitionInvalid(subject, `wanted a finite number as parameter '${bad[0]}'`);
  }
  const timeoutMs = durationOf(timeout, subject);
  const place = files.href.endsWith('/') ? files.href : `${files.href}/`;
  return { alias, kind, format: 'onnx', command, files: place, parameters, timeoutMs };
}
