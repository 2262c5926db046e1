import type { Expression } from './expression.ts';

/**
 * Plans: what an author's definitions compile to. Plain data, in a canonical form, so that they can be hashed, stored and
 * sent; the same plan drives the online state, the training sets and the audit.
 */

/**
 * Version of the arithmetic in this folder; part of every definition's hash. Goes up when a value of any feature may
 * change by a bit.
 */
export const computeVersion = 1;

/** What a column holds; in numeric arrays a boolean is 0 or 1, a timestamp epoch ms and a missing value NaN. */
export type ColumnType = 'int' | 'float' | 'text' | 'bool' | 'timestamp';

/** One column of a source. */
export interface ColumnPlan {
  readonly name: string;
  readonly type: ColumnType;
}

/** Where events come from and when they may be seen. */
export interface SourcePlan {
  readonly name: string;
  /** Path, URL, or path inside an installed package (`vega-datasets/data/flights-3m.parquet`). */
  readonly parquet: string;
  /** In the author's order; `eventId` is among them only when it is a real column. */
  readonly columns: readonly ColumnPlan[];
  /** Timestamp column that says when the event happened. */
  readonly eventTime: string;
  /** An event may be seen from its event time plus this; windows run over that visible time, `ts`. */
  readonly visibleAfterMs: number;
  /**
   * An event whose `ts` is older by more than this than the newest one of the source before it in the log is dropped when it
   * is ingested; absent means that none is.
   */
  readonly dropAfterMs?: number;
  /** Column with the unique id of an event, or `file_row_number`, the position in the Parquet file. */
  readonly eventId: string;
}

/** How the events of a window become one number. */
export type AggregateOperator =
  | 'count'
  | 'sum'
  | 'mean'
  | 'rate'
  | 'min'
  | 'max'
  | 'variance'
  | 'stddev';

/**
 * One aggregate. `value` is what each event contributes: a column, or for a rate its condition (1 or 0); absent for a
 * plain count. Events whose value is NaN (missing) don't count.
 */
export interface AggregatePlan {
  readonly operator: AggregateOperator;
  readonly value?: Expression;
}

/** One windowed feature: the fold of the events of an entity with ts in [t - window, t). */
export interface FeaturePlan {
  readonly name: string;
  readonly view: { readonly source: string; readonly by: readonly string[] };
  /** Length of the window in ms, or all events ever. */
  readonly windowMs: number | 'lifetime';
  /** Only events for which it gives 1 take part; absent means all. */
  readonly filter?: Expression;
  readonly aggregate: AggregatePlan;
  /** Stands in wherever the status is not present. */
  readonly default: number;
  /** When the newest event of the entity before t is older than this, the status is outside max age; absent means never. */
  readonly maxAgeMs?: number;
  /** Online, offline and audit agree bit for bit. */
  readonly parity: 'exact';
}

/** One feature that is computed from the request alone; the same code runs in training over the example's columns. */
export interface RequestFeaturePlan {
  readonly name: string;
  /** Reads the request inputs by name. */
  readonly expression: Expression;
}

/** All features over one source with the same by-columns: one state per entity. */
export interface ViewPlan {
  /** Source and by-columns, such as `flights/origin,destination`. */
  readonly id: string;
  readonly source: string;
  /** Columns whose values, joined with U+001F, are the entity key. */
  readonly by: readonly string[];
  /** Numeric columns that the features read, sorted by name: those that state and event columns have to hold. */
  readonly columns: readonly string[];
  readonly features: readonly FeaturePlan[];
  /** Longest finite window or max age: events older than now less this need not be kept one by one. */
  readonly retentionMs: number;
}

/** One column of a model's row. */
export type FeatureSetColumn =
  | {
      readonly kind: 'view';
      readonly name: string;
      /** Index into `views` of the set, then into `features` of that view. */
      readonly viewIndex: number;
      readonly featureIndex: number;
      /** Hash of the definition, 64 hexadecimal digits. */
      readonly hash: string;
    }
  | {
      readonly kind: 'request';
      readonly name: string;
      /** Index into `requestFeatures` of the set. */
      readonly requestIndex: number;
      /** Hash of the definition, 64 hexadecimal digits. */
      readonly hash: string;
    };

/**
 * The input of a model: its columns in order. On the wire the vector holds the view columns only, in the order of
 * `columns`.
 */
export interface FeatureSetPlan {
  /** Name of the model it was made for. */
  readonly name: string;
  /** SHA-256 of the join keys and of the columns' definitions in order, 64 hexadecimal digits. */
  readonly hash: string;
  /** By-columns of all views, each once: what a request has to name. */
  readonly joinKeys: readonly string[];
  /** The mesh's views that the columns use, each whole. */
  readonly views: readonly ViewPlan[];
  readonly requestFeatures: readonly RequestFeaturePlan[];
  /** Columns that the request features read, sorted by name: what a request has to give. */
  readonly requestInputs: readonly ColumnPlan[];
  readonly columns: readonly FeatureSetColumn[];
}

/** Separates the parts of an entity key. */
export const entityKeySeparator = '\u001f';

/** Gives the key of an entity from the values of a view's by-columns, in their order. */
export function entityKey(parts: readonly string[]): string {
  return parts.join(entityKeySeparator);
}

/** Gives the id of a view. */
export function viewId(source: string, by: readonly string[]): string {
  return `${source}/${by.join(',')}`;
}

/** Gives, for each by-column of a view, its index among the join keys of a feature set. */
export function joinKeyIndexes(view: ViewPlan, joinKeys: readonly string[]): readonly number[] {
  return view.by.map((column) => joinKeys.indexOf(column));
}
