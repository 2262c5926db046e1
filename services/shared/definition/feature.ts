import { canonicalJson } from '../compute/canonical-json.ts';
import type { AggregatePlan, FeaturePlan, ValuePlan, WindowPlan } from '../compute/plan.ts';
import type { Aggregate, AggregateList } from './aggregate.ts';
import { canonicalExpression } from './canonical-expression.ts';
import type { Columns } from './column.ts';
import type { ParityClass } from './column-frame.ts';
import { definitionInvalid } from './definition-error.ts';
import { type DurationText, durationOf } from './duration-text.ts';
import type { EntityDefinition, FlatKeyTypes } from './entity.ts';
import { type EventFrame, eventFrame } from './event-frame.ts';
import type { SourceDefinition } from './source.ts';

/** What a feature is about and where it is kept. */
export interface FeatureOptions<
  E extends readonly EntityDefinition[],
  P extends ParityClass = ParityClass,
> {
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
  /** `exact` (the default): online, offline and audit agree bit for bit. `approx`: estimates without a bound on their error are allowed too; they agree as well. */
  readonly parity?: P;
}

/** A feature whose name is its key in `features` of the mesh. */
export interface FeatureDefinition {
  readonly kind: 'view';
  readonly source: SourceDefinition;
  readonly entities: readonly EntityDefinition[];
  readonly isOnline: boolean;
  readonly isOffline: boolean;
  /**
   * Runs the author's function once and gives the plans: one, or one for each value where the function gives several.
   * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID, naming the feature.
   */
  compile(name: string): readonly FeaturePlan[];
}

/** Defines features over one source. */
export type FeatureBuilder<C extends Columns> = <
  const E extends readonly EntityDefinition[],
  const P extends ParityClass = 'exact',
>(
  options: FeatureOptions<E, P>,
  build: (events: EventFrame<C, FlatKeyTypes<E>, P>) => Aggregate | AggregateList,
) => FeatureDefinition;

/**
 * Gives the function that defines features over a source:
 * `feature({ entities: [airport], online: true, offline: true }, (flights) => flights.by('origin').last('24h').col('delay').mean())`.
 */
export function featuresOf<C extends Columns>(source: SourceDefinition<C>): FeatureBuilder<C> {
  return <const E extends readonly EntityDefinition[], const P extends ParityClass>(
    options: FeatureOptions<E, P>,
    build: (events: EventFrame<C, FlatKeyTypes<E>, P>) => Aggregate | AggregateList,
  ) =>
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
        const frame = eventFrame<C, FlatKeyTypes<E>, P>(
          source.columns,
          keyTypes as readonly unknown[] as FlatKeyTypes<E>,
          subject,
        );
        const items = itemsOf(build(frame), subject);
        return items.map(({ suffix, aggregate }) =>
          planOf(`${name}${suffix}`, { source: source.name, options, aggregate }),
        );
      },
    } satisfies FeatureDefinition);
}

/** Authors without a type checker may return something else. */
function itemsOf(built: Aggregate | AggregateList, subject: string): AggregateList['items'] {
  if (built.kind === 'list') return built.items;
  if (built.kind === 'aggregate') return [{ suffix: '', aggregate: built }];
  throw definitionInvalid(
    subject,
    'wanted an aggregate of a window, such as count() or col(name).mean(), got something else',
  );
}

interface Drafted {
  readonly source: string;
  readonly options: FeatureOptions<readonly EntityDefinition[]>;
  readonly aggregate: Aggregate;
}

function planOf(name: string, { source, options, aggregate }: Drafted): FeaturePlan {
  const subject = `feature '${name}'`;
  const parity = options.parity ?? 'exact';
  if (!options.online && !options.offline) {
    throw definitionInvalid(subject, 'is neither online nor offline; set one of them or remove it');
  }
  const standIn = options.default ?? 0;
  if (!Number.isFinite(standIn)) {
    throw definitionInvalid(subject, `wanted a finite default, got ${standIn}`);
  }
  const { plan, filter, window } = aggregate;
  if (plan.operator === 'approxQuantile' && parity === 'exact') {
    throw definitionInvalid(
      subject,
      "'approxQuantile' gives an estimate, which is no exact value; use 'quantile', or say parity: 'approx'",
    );
  }
  if (plan.operator === 'ewma' && window.kind === 'lifetime') {
    throw definitionInvalid(
      subject,
      "'ewma' goes through its window event by event, which a lifetime never lets go of; use last()",
    );
  }
  return {
    name,
    view: { source, by: aggregate.by },
    window,
    ...(filter === undefined ? {} : { filter: canonicalExpression(filter) }),
    aggregate: canonicalAggregate(plan),
    // + 0 turns a negative zero into zero, so that one hash stands for one value to the bit.
    default: standIn + 0,
    ...(options.maxAge === undefined
      ? {}
      : { maxAgeMs: maxAgeOf(options.maxAge, window, subject) }),
    parity,
  };
}

function maxAgeOf(text: DurationText, { delayMs }: WindowPlan, subject: string): number {
  const maxAgeMs = durationOf(text, subject);
  if (maxAgeMs > delayMs) return maxAgeMs;
  throw definitionInvalid(
    subject,
    `wanted a maxAge above the window's delay of ${delayMs} ms, got '${text}': every event that counts is older`,
  );
}

function canonicalAggregate(plan: AggregatePlan): AggregatePlan {
  if (!('value' in plan)) return plan;
  const canonical = (value: ValuePlan): ValuePlan => ({
    ...value,
    expression: canonicalExpression(value.expression),
  });
  if (!('other' in plan) || plan.other === undefined) {
    return { ...plan, value: canonical(plan.value) };
  }
  const value = canonical(plan.value);
  const other = canonical(plan.other);
  const commutes = plan.operator === 'covariance' || plan.operator === 'correlation';
  const isTurned = commutes && canonicalJson(value) > canonicalJson(other);
  return isTurned ? { ...plan, value: other, other: value } : { ...plan, value, other };
}
