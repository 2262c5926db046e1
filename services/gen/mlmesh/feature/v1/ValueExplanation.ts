// Original file: proto/mlmesh/feature/v1/feature_service.proto

import type { FeatureValue as _mlmesh_feature_v1_FeatureValue, FeatureValue__Output as _mlmesh_feature_v1_FeatureValue__Output } from '../../../mlmesh/feature/v1/FeatureValue.ts';
import type { ExplainedEvent as _mlmesh_feature_v1_ExplainedEvent, ExplainedEvent__Output as _mlmesh_feature_v1_ExplainedEvent__Output } from '../../../mlmesh/feature/v1/ExplainedEvent.ts';

/**
 * Explains one value.
 */
export interface ValueExplanation {
  /**
   * Name of the feature.
   */
  'feature'?: (string);
  /**
   * The definition, for people.
   */
  'definition'?: (string);
  /**
   * Entity key within the view, its parts joined with commas.
   */
  'entity'?: (string);
  /**
   * The window is [from, until), milliseconds since the Unix epoch; negative infinity when it never forgets.
   */
  'fromMs'?: (number | string);
  /**
   * End of the window, not included.
   */
  'untilMs'?: (number | string);
  /**
   * What the plain definition gives at (t, L).
   */
  'recomputed'?: (_mlmesh_feature_v1_FeatureValue | null);
  /**
   * What the online state gives at t now; absent when it has let go of events that the window reaches.
   */
  'online'?: (_mlmesh_feature_v1_FeatureValue | null);
  /**
   * What the plain definition gives at t out of the log as it is now.
   */
  'recomputedNow'?: (_mlmesh_feature_v1_FeatureValue | null);
  /**
   * What the log of answers says was served at (t, L); absent when it holds no such answer.
   */
  'served'?: (_mlmesh_feature_v1_FeatureValue | null);
  /**
   * Events in the window, and one just before and at its ends, in order; at most 1,000, the newest.
   */
  'events'?: (_mlmesh_feature_v1_ExplainedEvent)[];
  /**
   * Events in the window, all of them.
   */
  'eventsInWindow'?: (number | string);
  /**
   * Where the sides differ and why, for people; empty when they agree.
   */
  'findings'?: (string)[];
}

/**
 * Explains one value.
 */
export interface ValueExplanation__Output {
  /**
   * Name of the feature.
   */
  'feature': (string);
  /**
   * The definition, for people.
   */
  'definition': (string);
  /**
   * Entity key within the view, its parts joined with commas.
   */
  'entity': (string);
  /**
   * The window is [from, until), milliseconds since the Unix epoch; negative infinity when it never forgets.
   */
  'fromMs': (number);
  /**
   * End of the window, not included.
   */
  'untilMs': (number);
  /**
   * What the plain definition gives at (t, L).
   */
  'recomputed': (_mlmesh_feature_v1_FeatureValue__Output | null);
  /**
   * What the online state gives at t now; absent when it has let go of events that the window reaches.
   */
  'online': (_mlmesh_feature_v1_FeatureValue__Output | null);
  /**
   * What the plain definition gives at t out of the log as it is now.
   */
  'recomputedNow': (_mlmesh_feature_v1_FeatureValue__Output | null);
  /**
   * What the log of answers says was served at (t, L); absent when it holds no such answer.
   */
  'served': (_mlmesh_feature_v1_FeatureValue__Output | null);
  /**
   * Events in the window, and one just before and at its ends, in order; at most 1,000, the newest.
   */
  'events': (_mlmesh_feature_v1_ExplainedEvent__Output)[];
  /**
   * Events in the window, all of them.
   */
  'eventsInWindow': (number);
  /**
   * Where the sides differ and why, for people; empty when they agree.
   */
  'findings': (string)[];
}
