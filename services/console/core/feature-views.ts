import type { Lineage } from './lineage.ts';
import type { ViewBase } from './view-base.ts';

/** One feature. */
export interface FeatureItem {
  readonly name: string;
  /** Version of its definition, 64 hexadecimal digits. */
  readonly hash: string;
  /** '' for a feature of the request. */
  readonly view: string;
  readonly summary: string;
  /** Whether only earlier feature sets have it. */
  readonly isEarlier: boolean;
  /** Models that take it. */
  readonly models: readonly string[];
}

/** What is kept of one source by some of its columns. */
export interface FeatureViewItem {
  /** Such as `flights/origin`. */
  readonly id: string;
  readonly version: string;
  readonly entities: number;
  /** Epoch ms; 0 where there is none. */
  readonly newestEventMs: number;
  /** How far that is behind the time of the newest request, ms; undefined where it can't be said. */
  readonly behindMs: number | undefined;
}

/** What the audit says of the features that a model was served with. */
export interface ParityItem {
  readonly model: string;
  readonly checked: number;
  readonly mismatches: number;
  readonly pending: number;
}

/** The feature store: definitions, freshness, parity and lineage. */
export interface FeaturesView extends ViewBase {
  readonly features: readonly FeatureItem[];
  readonly views: readonly FeatureViewItem[];
  readonly parity: readonly ParityItem[];
  /** Events that have been applied. */
  readonly events: number;
  readonly lineage: Lineage;
}
