import type { FeaturePlan } from '../compute/plan.ts';
import type { Columns } from './column.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';
import type { EntityDefinition, FlatKeyTypes } from './entity.ts';
import { type Aggregate, type EventFrame, eventFrame } from './event-frame.ts';
import type { SourceDefinition } from './source.ts';

/** What a feature is about and where it is kept. */
export interface FeatureOptions<E extends readonly EntityDefinition[]> {
  /** Its key is theirs, one after the other. */
  readonly entities: E;
  /** Whether it can be served. */
  readonly online: boolean;
  /** Whether training sets can hold it. */
  readonly offline: boolean;
  /** Stands in wherever there is nothing to compute from. Default: 0. */
  readonly default?: number;
  /** When the newest event of the entity is older, the default stands in. Default: never. */
  readonly maxAge?: DurationText;
}

/** A feature whose name is its key in `features` of the mesh. */
export interface FeatureDefinition {
  readonly kind: 'view';
  readonly source: SourceDefinition;
  readonly entities: readonly EntityDefinition[];
  readonly isOnline: boolean;
  readonly isOffline: boolean;
  /**
   * Runs the author's function once and gives the plan.
   * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID, naming the feature.
   */
  compile(name: string): FeaturePlan;
}

/** Defines features over one source. */
export type FeatureBuilder<C extends Columns> = <const E extends readonly EntityDefinition[]>(
  options: FeatureOptions<E>,
  build: (events: EventFrame<C, FlatKeyTypes<E>>) => Aggregate,
) => FeatureDefinition;

/**
 * Gives the function that defines features over a source:
 * `feature({ entities: [airport], online: true, offline: true }, (flights) => flights.by('origin').last('24h').col('delay').mean())`.
 */
export function featuresOf<C extends Columns>(source: SourceDefinition<C>): FeatureBuilder<C> {
  return (options, build) =>
    Object.freeze({
      kind: 'view',
      source,
      entities: options.entities,
      isOnline: options.online,
      isOffline: options.offline,
      compile(name) {
        const subject = `feature '${name}'`;
        const keyTypes = options.entities.flatMap((entity) => entity.keyTypes);
        // FlatKeyTypes mirrors flatMap; the compiler can't follow it.
        const frame = eventFrame(
          source.columns,
          keyTypes as readonly unknown[] as FlatKeyTypes<typeof options.entities>,
          subject,
        );
        return planOf(name, source.name, options, build(frame));
      },
    } satisfies FeatureDefinition);
}

function planOf(
  name: string,
  source: string,
  options: FeatureOptions<readonly EntityDefinition[]>,
  aggregate: Aggregate,
): FeaturePlan {
  const subject = `feature '${name}'`;
  if (!options.online && !options.offline) {
    throw definitionInvalid(subject, 'is neither online nor offline; set one of them or remove it');
  }
  const standIn = options.default ?? 0;
  if (!Number.isFinite(standIn)) {
    throw definitionInvalid(subject, `wanted a finite default, got ${standIn}`);
  }
  const { operator, value, filter } = aggregate;
  return {
    name,
    view: { source, by: aggregate.by },
    windowMs: aggregate.windowMs,
    ...(filter === undefined ? {} : { filter }),
    aggregate: { operator, ...(value === undefined ? {} : { value }) },
    default: standIn,
    ...(options.maxAge === undefined ? {} : { maxAgeMs: durationOf(options.maxAge, subject) }),
    parity: 'exact',
  };
}
