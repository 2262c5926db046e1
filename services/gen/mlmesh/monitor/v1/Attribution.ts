// Original file: proto/mlmesh/monitor/v1/drift.proto

import type { CauseFinding as _mlmesh_monitor_v1_CauseFinding, CauseFinding__Output as _mlmesh_monitor_v1_CauseFinding__Output } from '../../../mlmesh/monitor/v1/CauseFinding.ts';

/**
 * Who is to blame for what is wrong with a model: the version, its features, what all versions depend on, or the world.
 */
export interface Attribution {
  /**
   * Causes that are blamed (`model`, `features`, `dependency`, `world`), joined by ` and `; `none` where all are cleared, else `unknown`.
   */
  'cause'?: (string);
  /**
   * One for each cause.
   */
  'findings'?: (_mlmesh_monitor_v1_CauseFinding)[];
  /**
   * The same for people.
   */
  'text'?: (string);
}

/**
 * Who is to blame for what is wrong with a model: the version, its features, what all versions depend on, or the world.
 */
export interface Attribution__Output {
  /**
   * Causes that are blamed (`model`, `features`, `dependency`, `world`), joined by ` and `; `none` where all are cleared, else `unknown`.
   */
  'cause': (string);
  /**
   * One for each cause.
   */
  'findings': (_mlmesh_monitor_v1_CauseFinding__Output)[];
  /**
   * The same for people.
   */
  'text': (string);
}
