import type { DerivedColumn } from './derived-column.ts';
import type { Expression } from './expression.ts';

/**
 * Plans: what an author's definitions compile to. Plain data, in a canonical form, so that they can be hashed, stored and
 * sent; the same plan drives the online state, the training sets and the audit.
 */

/**
 * Version of the arithmetic in this folder; part of every definition's hash. Goes up when a value of any feature may
 * change by a bit.
 */
export const computeVersion = 2;

/**
 * What a column holds; in numeric arrays a boolean is 0 or 1, a timestamp epoch ms, a decimal a whole number of its last digits, and a
 * missing value NaN.
 */
export type ColumnType = 'int' | 'decimal' | 'float' | 'text' | 'bool' | 'timestamp';

/** One column of a source. */
export interface ColumnPlan {
  readonly name: string;
  readonly type: ColumnType;
  /** Digits after the point of a decimal, 0 to 15: its values are whole numbers of 10^-scale. Absent for other types. */
  readonly scale?: number;
  /** Digits of a decimal in all, 1 to 15. Absent for other types. */
  readonly precision?: number;
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

/** What each event contributes to an aggregate. An event for which it is NaN (missing) doesn't count. */
export interface ValuePlan {
  readonly expression: Expression;
  /** Whether it gives whole numbers within ±(2^53 - 1): sums of those are kept as such, others as exact sums of doubles. */
  readonly isWhole: boolean;
  /** The aggregate is about the value x 10^-scale: a decimal column contributes its last digits. 0 for all others. */
  readonly scale: number;
}

/** How the events of a window become one number. */
export type AggregatePlan =
  | { readonly operator: 'count' }
  /** Share of the events whose value is 1 among those where it is 1 or 0. */
  | { readonly operator: 'rate'; readonly value: ValuePlan }
  | {
      /** Variance and standard deviation of a sample (n - 1); skew and excess kurtosis of a population. */
      readonly operator: 'sum' | 'mean' | 'variance' | 'stddev' | 'skew' | 'kurtosis';
      readonly value: ValuePlan;
    }
  | { readonly operator: 'min' | 'max'; readonly value: ValuePlan }
  | {
      /** Covariance of a sample (n - 1), and Pearson's correlation. */
      readonly operator: 'covariance' | 'correlation';
      readonly value: ValuePlan;
      readonly other: ValuePlan;
    }
  | {
      /** The event at this rank, counted from 1: by (ts, seq) from either end, or by value. */
      readonly operator: 'first' | 'last' | 'greatest' | 'least';
      readonly value: ValuePlan;
      readonly rank: number;
    }
  | {
      readonly operator: 'countDistinct';
      readonly value: ValuePlan;
      /** Second half of a text's hash. */
      readonly other?: ValuePlan;
    }
  | {
      readonly operator: 'countDistinctSketch';
      readonly value: ValuePlan;
      readonly other?: ValuePlan;
      /** 4 to 16: 2^precision registers. */
      readonly precision: number;
    }
  | {
      readonly operator: 'quantile';
      readonly value: ValuePlan;
      /** 0 to 1. */
      readonly share: number;
      /** 1e-6 to 0.25. */
      readonly relativeError: number;
    }
  | {
      readonly operator: 'ewma';
      readonly value: ValuePlan;
      /** Of the newest value: above 0, at most 1. */
      readonly weight: number;
    }
  | {
      /** Depends on the order of events in more than rounding: not for exact parity. */
      readonly operator: 'approxQuantile';
      readonly value: ValuePlan;
      /** Above 0 and below 1. */
      readonly share: number;
    };

/** One of the operators. */
export type AggregateOperator = AggregatePlan['operator'];

/** Which events before t a feature is about: those with ts in [begin, t - delay). Lengths in whole ms. */
export type WindowPlan =
  /** begin = t - delay - length. */
  | { readonly kind: 'sliding'; readonly lengthMs: number; readonly delayMs: number }
  /** begin = t - delay - length, rounded down to a multiple of the hop: a span of length to length + hop. */
  | {
      readonly kind: 'sawtooth';
      readonly lengthMs: number;
      readonly hopMs: number;
      readonly delayMs: number;
    }
  /** begin = the first event. */
  | { readonly kind: 'lifetime'; readonly delayMs: number };

/** One windowed feature: the fold of the events of an entity whose ts lies in its window. */
export interface FeaturePlan {
  readonly name: string;
  readonly view: { readonly source: string; readonly by: readonly string[] };
  readonly window: WindowPlan;
  /** Only events for which it gives 1 take part; absent means all. */
  readonly filter?: Expression;
  readonly aggregate: AggregatePlan;
  /** Stands in wherever the status is not present. */
  readonly default: number;
  /** When the newest event of the entity before t is older than this, the status is outside max age; absent means never. */
  readonly maxAgeMs?: number;
  /** `exact`: online, offline and audit agree bit for bit. `approx`: the operator gives an estimate, which nobody audits. */
  readonly parity: 'exact' | 'approx';
}

/** One feature that is computed from the request alone; the same code runs in training over the example's columns. */
export interface RequestFeaturePlan {
  readonly name: string;
  /** Reads the request inputs by name. */
  readonly expression: Expression;
}

/** One feature that is computed from other features of the same row, defaults in place; the same code runs in training and in serving. */
export interface DerivedFeaturePlan {
  readonly name: string;
  /** Reads view and request features by name. */
  readonly expression: Expression;
  /** Stands in where the expression gives nothing: a missing operand, a division by zero. */
  readonly default: number;
}

/** All features over one source with the same by-columns: one state per entity. */
export interface ViewPlan {
  /** Source and by-columns, such as `flights/origin,destination`. */
  readonly id: string;
  readonly source: string;
  /** Columns whose values, joined with U+001F, are the entity key. */
  readonly by: readonly string[];
  /** Columns of numbers that the features read, sorted by name: those that state and event columns have to hold. */
  readonly columns: readonly string[];
  /** Those of `columns` that are made from text columns. */
  readonly derivedColumns: readonly DerivedColumn[];
  readonly features: readonly FeaturePlan[];
  /** Longest reach of a finite window or max age: events older than now less this need not be kept one by one. */
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
    }
  | {
      readonly kind: 'derived';
      readonly name: string;
      /** Index into `derivedFeatures` of the set. */
      readonly derivedIndex: number;
      /** Hash of the definition and of its inputs' definitions, 64 hexadecimal digits. */
      readonly hash: string;
    };

/**
 * The input of a model: its columns in order. On the wire the vector holds the view columns only, in the order of
 * `columns`, and behind them those that only derived features read.
 */
export interface FeatureSetPlan {
  /** Name of the model it was made for. */
  readonly name: string;
  /** SHA-256 of the join keys and of the columns' definitions in order, hidden ones too; 64 hexadecimal digits. */
  readonly hash: string;
  /** By-columns of all views, each once: what a request has to name. */
  readonly joinKeys: readonly string[];
  /** The mesh's views that the columns use, each whole. */
  readonly views: readonly ViewPlan[];
  readonly requestFeatures: readonly RequestFeaturePlan[];
  /** Columns that the request features read, sorted by name: what a request has to give. */
  readonly requestInputs: readonly ColumnPlan[];
  readonly columns: readonly FeatureSetColumn[];
  readonly derivedFeatures: readonly DerivedFeaturePlan[];
  /** View columns that are not the model's and that derived features read. */
  readonly hiddenColumns: readonly FeatureSetColumn[];
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
