import type { Code } from '../../shared/kernel/code.ts';
import {
  MeshError,
  type MeshErrorOptions,
  type RetryHint,
} from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { AuditFigures, CellMismatch } from '../core/audit-rows.ts';
import type { CataloguedSet } from '../core/catalogued-set.ts';
import type { EntityPlace } from '../core/entity-places.ts';
import type { ExplainedValue } from '../core/explain-row.ts';
import type { MaterializedView, MaterializeRequest } from '../offline/materialize-plan.ts';
import type { SetManifest } from '../offline/set-manifest.ts';
import type { SetMode } from '../offline/set-plan.ts';

/** What a job thread is started with; plain data. */
export interface JobThreadSettings {
  /** Absolute path of the module that exports the mesh. */
  readonly meshModule: string;
  /** Feature sets that are served beside those of the mesh. */
  readonly earlier: readonly CataloguedSet[];
  /** Sources with a relative path are looked up from here. */
  readonly meshFolder: string;
  /** Folder of the feature service's files. */
  readonly dataFolder: string;
  readonly meshName: string;
  /** `lmdb`, or the URL of a Redis. */
  readonly onlineStore: string;
  /** Online state keeps events for this long beyond what its windows reach. */
  readonly slackMs: number;
  readonly duckdbThreadsMax: number;
  readonly duckdbMemoryBytesMax: number;
  /** Threads that compute one training set, 1 or more. */
  readonly setThreads: number;
  /** Memory of events and examples that a training set works on at once. */
  readonly setMemoryBytesMax: number;
}

/** What a job thread is asked. */
export type JobRequest =
  | {
      readonly kind: 'import';
      readonly source: string;
      /** Events that are visible before become history; epoch ms. */
      readonly untilMs: number;
      /** Ids of the views whose states are made; of them, those over the source. */
      readonly views: readonly string[];
      /** Online state keeps events for this long beyond what its windows reach. */
      readonly slackMs: number;
    }
  | {
      /** Makes the states of views anew whose definition has changed. */
      readonly kind: 'rebuild';
      readonly views: readonly string[];
      /** Whether those are all views that there are: then the checkpoint is where they are. */
      readonly isAll: boolean;
      readonly logOffset: number;
      readonly slackMs: number;
    }
  | {
      readonly kind: 'training-set';
      readonly model: string;
      /** Of an earlier version of the model's features; empty means that of the mesh. */
      readonly featureSetHash: string;
      readonly fromMs: number;
      readonly untilMs: number;
      readonly rowsMax: number;
      readonly seed: number;
      readonly mode: SetMode;
      /** As logged: answers with a number below this count, given at most so long before an example, ms; otherwise 0. */
      readonly answersBefore: number;
      readonly answerAgeMaxMs: number;
      /** Whether the rows are written to files instead of being given as parts. */
      readonly hasFiles: boolean;
      /** Log offset up to which events count. */
      readonly logOffset: number;
      /** Columns of the examples that are given beside the rows. */
      readonly segmentColumns: readonly string[];
    }
  | ({
      /** Writes a view's offline features on a grid of times to the warehouse. */
      readonly kind: 'materialize';
    } & MaterializeRequest)
  | {
      /** Erases the events of an entity, and makes the states anew that held some. Nobody may append to the log meanwhile. */
      readonly kind: 'erase';
      readonly entity: string;
      readonly key: readonly string[];
      readonly places: readonly EntityPlace[];
      readonly reason: string;
      readonly erasedMs: number;
    }
  | {
      /** Makes the states anew that an erasure left to do. Nobody may append to the log meanwhile. */
      readonly kind: 'finish-erasures';
    }
  | {
      /** Rewrites the files that still hold erased events. */
      readonly kind: 'purge';
    }
  | {
      readonly kind: 'recompute';
      readonly featureSetHash: string;
      readonly rows: number;
      /** Entity keys, row-major: [rows, join keys]. */
      readonly keys: readonly string[];
      /** Time t of each row, epoch ms. */
      readonly atMs: Float64Array;
      /** Log offset L of each row. */
      readonly logOffsets: Float64Array;
    }
  | {
      /** Audits the newest answers of the log of answers that lie between two others. */
      readonly kind: 'audit';
      /** Empty means all feature sets. */
      readonly featureSetHash: string;
      /** Only answers with t at or after this, epoch ms. */
      readonly sinceMs: number;
      /** Numbers of answers, neither included. */
      readonly afterAnswer: number;
      readonly beforeAnswer: number;
      readonly rowsMax: number;
      readonly examplesMax: number;
    }
  | {
      /** Explains the values of one row. */
      readonly kind: 'explain';
      readonly featureSetHash: string;
      readonly keys: readonly string[];
      readonly atMs: number;
      readonly logOffset: number;
      /** What the online state says of the row's view columns at `newestOffset`; undefined when it has let go of that time. */
      readonly online: { readonly values: Float64Array; readonly statuses: Uint8Array } | undefined;
      readonly newestOffset: number;
      /** Names of the features to explain. */
      readonly features: readonly string[];
    };

/** One of the kinds of jobs. */
export type JobKind = JobRequest['kind'];

/** How far a job is. */
export interface JobProgress {
  readonly kind: 'progress';
  /** What is being done, for people. */
  readonly stage: string;
  readonly done: number;
  /** 0 when unknown. */
  readonly total: number;
}

/** Rows of a training set, in order. */
export interface JobTrainingRows {
  readonly kind: 'rows';
  readonly rows: number;
  /** [rows, columns] row-major. */
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly atMs: Float64Array;
  readonly eventIds: readonly string[];
  /** The columns that were asked for, in their order: the value of each row as a text, empty where it is null. */
  readonly segments: readonly (readonly string[])[];
}

/** One cell that was served otherwise than its recomputation has it, with what it takes to ask for it again. */
export interface AuditMismatch extends Omit<CellMismatch, 'row'> {
  /** Name of the feature set. */
  readonly featureSet: string;
  readonly keys: readonly string[];
  readonly atMs: number;
  readonly logOffset: number;
}

/** What an audit found of one feature set. */
export interface AuditedSet extends Omit<AuditFigures, 'examples'> {
  /** Name of the feature set. */
  readonly featureSet: string;
  readonly examples: readonly AuditMismatch[];
}

/** What a job gives on its way. */
export type JobPart = JobProgress | JobTrainingRows;

/** What each kind of job gives at its end. */
export interface JobResults {
  readonly import: { readonly rows: number; readonly logOffset: number };
  readonly rebuild: { readonly views: number };
  readonly 'training-set': SetManifest & {
    /** Folder with the files; empty when there are none. */
    readonly folder: string;
  };
  readonly erase: {
    readonly logEvents: number;
    readonly historyEvents: number;
    /** States that held erased events, by view: gone, or made anew. */
    readonly touched: readonly TouchedStates[];
    /** Log offset of the erasure; 0 when there was nothing to erase. */
    readonly logOffset: number;
  };
  readonly 'finish-erasures': { readonly touched: readonly TouchedStates[] };
  readonly purge: { readonly files: number };
  readonly materialize: MaterializedView & {
    /** Id of the view. */
    readonly view: string;
    /** Names and definitions of its offline features, in order. */
    readonly features: readonly string[];
    readonly definitionHashes: readonly string[];
    readonly logOffset: number;
  };
  readonly recompute: {
    /** [rows, view columns] row-major. */
    readonly values: Float64Array;
    readonly statuses: Uint8Array;
    /** One byte a row, 1 where it reaches events that were erased since; empty where none does. */
    readonly erased: Uint8Array;
  };
  readonly audit: {
    readonly sets: readonly AuditedSet[];
    readonly unauditable: number;
    /** What the program met in the first answers that it could not compute again, with its stack; empty where that did not happen. */
    readonly fault: string;
    /** Numbers of the oldest and the newest answer that were looked at; 0 when there was none. */
    readonly firstAnswer: number;
    readonly lastAnswer: number;
  };
  readonly explain: { readonly features: readonly ExplainedValue[] };
}

/** States of one view that were changed. */
export interface TouchedStates {
  readonly viewId: string;
  readonly removed: readonly string[];
  readonly remade: readonly string[];
}

/** A message to a job thread. */
export type ToJobThread =
  | { readonly kind: 'run'; readonly jobId: number; readonly request: JobRequest }
  /** One more part may be sent. */
  | { readonly kind: 'credit'; readonly jobId: number }
  | { readonly kind: 'cancel'; readonly jobId: number };

/** A message from a job thread. */
export type FromJobThread =
  | { readonly kind: 'part'; readonly jobId: number; readonly part: JobPart }
  | { readonly kind: 'done'; readonly jobId: number; readonly result: JobResults[JobKind] }
  | { readonly kind: 'failed'; readonly jobId: number; readonly error: PlainError };

/** An error as a message carries it. */
export interface PlainError {
  readonly code: Code;
  readonly reason: Reason;
  readonly message: string;
  readonly retry: RetryHint;
  readonly detail: Readonly<Record<string, string | number>>;
}

/** Parts that may be under way before the receiver has taken them. */
export const partsInFlightMax = 4;

/** Gives an error as plain data; what is no MeshError becomes INTERNAL with its stack. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof MeshError) {
    const { code, reason, message, retry, detail } = error;
    return { code, reason, message, retry, detail };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'INTERNAL', reason: 'INTERNAL', message, retry: { kind: 'never' }, detail: {} };
}

/** Gives the error that plain data was made from. */
export function fromPlainError(error: PlainError): Error {
  // An error of the program has to look like one where it arrives: its text is not for callers.
  if (error.reason === 'INTERNAL') return new Error(error.message);
  const options: MeshErrorOptions = error;
  return new MeshError(options);
}
