import type { StateChunk } from '../../shared/compute/entity-state.ts';

/** What is stored of one entity. */
export interface StoredEntity {
  readonly chunks: readonly StateChunk[];
  /** Log offset up to which the chunks hold all events. */
  readonly appliedSeq: number;
  /** What the next change may say that it builds on; undefined when it has to bring the whole state. */
  readonly baseSeq: number | undefined;
}

/** What is known of a view as a whole. */
export interface ViewStats {
  /** Entities that have had an event. */
  readonly entities: number;
  /** Newest visible time, epoch ms; negative infinity when there is no event. */
  readonly newestTs: number;
}

/** Where the states of entities are stored, as their tables see it. */
export interface EntityStore {
  /** Whether some entities have to be waited for: `find` never says elsewhere when it is false. */
  readonly isRemote: boolean;
  /** Gives the statistics as they were last written. */
  viewStats(viewId: string): ViewStats;
  /** Gives what is stored of an entity, where that takes no waiting: undefined when nothing is, elsewhere when `load` has it. */
  find(viewId: string, key: string): StoredEntity | undefined | 'elsewhere';
  /**
   * Gives what is stored of entities, in the order of the keys, in one round trip.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE when the store does not answer; DATA_LOSS / STATE_LOST when it has
   * lost what was written to it.
   */
  load(viewId: string, keys: readonly string[]): Promise<readonly (StoredEntity | undefined)[]>;
  /** Gives at most `limit` keys of stored entities that come next, or first where `after` is undefined. */
  keysAfter(viewId: string, after: string | undefined, limit: number): readonly string[];
}

/** The changes of one entity: all of them are written, or none. */
export interface EntityChange {
  readonly viewId: string;
  readonly key: string;
  readonly chunks: readonly StateChunk[];
  /** Log offset that the state has with the changes. A store that has the entity at it, or later, leaves it as it is. */
  readonly appliedSeq: number;
  /** The chunks change what is stored at this log offset, and fit nothing else; undefined when they are the whole state. */
  readonly baseSeq: number | undefined;
  /** The header of the state when it has let go of all events; undefined when it never does, or nothing expires. */
  readonly remainder: Uint8Array | undefined;
}
