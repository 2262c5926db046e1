import type { ViewPlan } from '../../services/shared/compute/plan.ts';
import type { Aggregate, AggregateList } from '../../services/shared/definition/aggregate.ts';
import {
  bool,
  decimal,
  float,
  int,
  text,
  timestamp,
} from '../../services/shared/definition/column.ts';
import { entity } from '../../services/shared/definition/entity.ts';
import type { EventFrame } from '../../services/shared/definition/event-frame.ts';
import { type FeatureOptions, featuresOf } from '../../services/shared/definition/feature.ts';
import { compileFeatures } from '../../services/shared/definition/mesh-features.ts';
import { source } from '../../services/shared/definition/source.ts';
import { over, type Rational, rationalOf, whole } from './rational-oracle.ts';

/** One event as the oracle sees it: values are missing where they are undefined. */
export interface ReferenceEvent {
  /** Visible time, ms. */
  readonly ts: number;
  /** Place in the log, from 1. */
  readonly seq: number;
  /** Last digits of a decimal(12, 2). */
  readonly cents: number | undefined;
  readonly price: number | undefined;
  readonly count: number | undefined;
  readonly kind: string | undefined;
  readonly isGift: boolean | undefined;
}

/** What an event contributes to a feature, written without the code under test; undefined where it doesn't count. */
export interface ReferenceValue {
  readonly x: Rational | string;
  readonly y?: Rational;
}

/** A feature of the mesh under test with what the oracle makes of each event. */
export interface ReferenceFeature {
  readonly name: string;
  readonly contribution: (event: ReferenceEvent) => ReferenceValue | undefined;
}

const purchases = source('purchases', {
  parquet: 'purchases.parquet',
  columns: {
    user: text(),
    at: timestamp(),
    amount: decimal(12, 2),
    price: float(),
    count: int(),
    kind: text(),
    isGift: bool(),
  },
  eventTime: 'at',
  eventId: 'file_row_number',
});

const user = entity('user', { key: text() });
const feature = featuresOf(purchases);
type Frame = EventFrame<typeof purchases.columns, readonly ['text']>;

const money = (event: ReferenceEvent): ReferenceValue | undefined =>
  event.cents === undefined ? undefined : { x: over(whole(event.cents), whole(100)) };
const price = (event: ReferenceEvent): ReferenceValue | undefined =>
  event.price === undefined ? undefined : { x: rationalOf(event.price) };
const count = (event: ReferenceEvent): ReferenceValue | undefined =>
  event.count === undefined ? undefined : { x: whole(event.count) };
const one = (): ReferenceValue => ({ x: whole(1) });
const onlyKind =
  (kind: string, then: ReferenceFeature['contribution']): ReferenceFeature['contribution'] =>
  (event) =>
    event.kind === kind ? then(event) : undefined;

type Build = (events: Frame) => Aggregate | AggregateList;
type Case = readonly [
  build: Build,
  contribution: ReferenceFeature['contribution'],
  options?: Partial<FeatureOptions<readonly [typeof user], 'exact'>>,
];

/** Groups of features, each a view of its own: a log is checked against one of them. */
const groups: readonly Readonly<Record<string, Case>>[] = [
  {
    count7: [(e) => e.by('user').last('7ms').count(), one],
    sum20: [(e) => e.by('user').last('20ms').col('amount').sum(), money],
    avg30: [(e) => e.by('user').last('30ms').col('amount').mean(), money, { maxAge: '9ms' }],
    avgEver: [(e) => e.by('user').lifetime().col('amount').mean(), money, { default: -1 }],
    variance30: [(e) => e.by('user').last('30ms').col('amount').variance(), money],
    stddevEver: [(e) => e.by('user').lifetime().col('amount').stddev(), money],
    min20: [(e) => e.by('user').last('20ms').col('amount').min(), money],
    maxEver: [(e) => e.by('user').lifetime().col('amount').max(), money],
    skew30: [(e) => e.by('user').last('30ms').col('amount').skew(), money],
    giftRate: [
      (e) =>
        e
          .by('user')
          .last('20ms')
          .rate((event) => event.col('isGift')),
      (event) => (event.isGift === undefined ? undefined : { x: whole(event.isGift ? 1 : 0) }),
    ],
    lateMean: [(e) => e.by('user').last('20ms', { delay: '3ms' }).col('amount').mean(), money],
    teeth: [(e) => e.by('user').last('20ms', { sawtooth: '6ms' }).col('amount').sum(), money],
  },
  {
    priceSum: [(e) => e.by('user').last('30ms').col('price').sum(), price],
    priceMeanEver: [(e) => e.by('user').lifetime().col('price').mean(), price],
    priceVariance: [(e) => e.by('user').last('30ms').col('price').variance(), price],
    priceStddev: [(e) => e.by('user').lifetime().col('price').stddev(), price],
    priceMin: [(e) => e.by('user').last('9ms').col('price').min(), price],
    priceSkew: [(e) => e.by('user').last('30ms').col('price').skew(), price],
    priceKurtosis: [(e) => e.by('user').last('30ms').col('price').kurtosis(), price],
    covariance: [
      (e) =>
        e
          .by('user')
          .last('30ms')
          .covariance((event) => [event.col('price'), event.col('amount')]),
      pairOf((event) => asDouble(event.cents)),
    ],
    correlation: [
      (e) =>
        e
          .by('user')
          .lifetime()
          .correlation((event) => [event.col('price'), event.col('count')]),
      pairOf((event) => (event.count === undefined ? undefined : whole(event.count))),
    ],
    double: [
      (e) =>
        e
          .by('user')
          .last('15ms', { delay: '2ms' })
          .value((event) => event.col('price').times(2))
          .mean(),
      (event) => {
        const twice = event.price === undefined ? Number.NaN : event.price * 2;
        return Number.isFinite(twice) ? { x: rationalOf(twice) } : undefined;
      },
    ],
  },
  {
    first: [(e) => e.by('user').last('25ms').col('price').first(), price],
    last: [(e) => e.by('user').lifetime().col('amount').last(), money],
    lasts: [(e) => e.by('user').last('25ms').col('count').lastK(3), count],
    firsts: [(e) => e.by('user').lifetime().col('count').firstK(2), count],
    tops: [(e) => e.by('user').last('25ms').col('price').topK(3), price],
    bottoms: [(e) => e.by('user').lifetime().col('amount').bottomK(2), money],
    ewma: [(e) => e.by('user').last('25ms').col('price').ewma(0.25), price],
    histogram: [
      (e) => e.by('user').last('25ms').col('count').histogram([0, 10]),
      // Each bin is a count under a condition of its own: see histogramBin.
      count,
    ],
  },
  {
    kinds: [
      (e) => e.by('user').last('25ms').col('kind').countDistinct(),
      (event) => (event.kind === undefined ? undefined : { x: event.kind }),
    ],
    kindsEver: [
      (e) => e.by('user').lifetime().col('kind').countDistinctSketch(),
      (event) => (event.kind === undefined ? undefined : { x: event.kind }),
    ],
    counts: [
      (e) => e.by('user').lifetime().col('count').countDistinct(),
      (event) => (event.count === undefined ? undefined : { x: String(event.count) }),
    ],
    median: [(e) => e.by('user').last('25ms').col('price').quantile(0.5), price],
    spend: [
      (e) =>
        e
          .by('user')
          .last('25ms')
          .groupBy('kind', { Food: 'FOOD' }, (events) => events.col('amount').sum()),
      onlyKind('FOOD', money),
    ],
    gifts: [
      (e) =>
        e
          .by('user')
          .lifetime()
          .where((event) => event.col('kind').oneOf(['FOOD', 'TOYS']))
          .where((event) => event.col('isGift').not())
          .count(),
      (event) =>
        event.isGift === false && (event.kind === 'FOOD' || event.kind === 'TOYS')
          ? { x: whole(1) }
          : undefined,
    ],
  },
];

/** One view with what the oracle knows of its features. */
export interface ReferenceView {
  readonly view: ViewPlan;
  /** In the order of the view's features. */
  readonly features: readonly ReferenceFeature[];
}

/** Gives the views under test. */
export const referenceViews: readonly ReferenceView[] = groups.map((cases) => {
  const definitions = Object.fromEntries(
    Object.entries(cases).map(([name, [build, , options]]) => [
      name,
      feature({ entities: [user], online: true, offline: true, ...options }, build),
    ]),
  );
  const compiled = compileFeatures({
    features: definitions,
    requestFeatures: {},
    derivedFeatures: {},
  });
  const [view] = compiled.views;
  if (view === undefined) throw new Error('a group has features');
  const features = view.features.map(({ name }): ReferenceFeature => {
    const author = Object.keys(cases).find((key) => compiled.namesOf.get(key)?.includes(name));
    const [, contribution] = cases[author ?? ''] ?? [];
    if (contribution === undefined) throw new Error(`no case of ${name}`);
    return author === 'histogram' ? histogramBin(name) : { name, contribution };
  });
  return { view, features };
});

function histogramBin(name: string): ReferenceFeature {
  const isIn: Readonly<Record<string, (value: number) => boolean>> = {
    histogram0: (value) => value < 0,
    histogram1: (value) => value >= 0 && value < 10,
    histogram2: (value) => value >= 10,
  };
  const test = isIn[name];
  if (test === undefined) throw new Error(`no bin ${name}`);
  return {
    name,
    contribution: (event) =>
      event.count !== undefined && test(event.count) ? { x: whole(1) } : undefined,
  };
}

/** A decimal as the double that expressions compute with. */
function asDouble(cents: number | undefined): Rational | undefined {
  return cents === undefined ? undefined : rationalOf(cents / 100);
}

function pairOf(
  other: (event: ReferenceEvent) => Rational | undefined,
): ReferenceFeature['contribution'] {
  return (event) => {
    const y = other(event);
    return event.price === undefined || y === undefined
      ? undefined
      : { x: rationalOf(event.price), y };
  };
}
