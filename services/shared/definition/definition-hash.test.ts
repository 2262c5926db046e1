import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bool, decimal, float, int, text, timestamp } from './column.ts';
import { defineMesh, type MeshOptions } from './define-mesh.ts';
import { derivedFeature } from './derived-feature.ts';
import { entity } from './entity.ts';
import { featuresOf } from './feature.ts';
import { requestFeature } from './request-feature.ts';
import { type SourceOptions, source } from './source.ts';
import type { NumberTerm } from './term.ts';

const airport = entity('airport', { key: text() });
const route = entity('route', { keys: [airport, airport] });
const columns = {
  date: timestamp(),
  delay: int(),
  price: float(),
  fare: decimal(12, 2),
  origin: text(),
  destination: text(),
  carrier: text(),
  isNight: bool(),
};
const sourceOptions: SourceOptions<typeof columns> = {
  parquet: 'flights.parquet',
  columns,
  eventTime: 'date',
  eventId: 'file_row_number',
  visibleAfter: '6h',
};
const flights = source('flights', sourceOptions);
const on = featuresOf(flights);
const base = { entities: [airport], online: true, offline: true } as const;
const onRoute = { entities: [route], online: true, offline: true } as const;

type Build = Parameters<typeof on<readonly [typeof airport]>>[1];
type Events = Parameters<Build>[0];
type Options = Parameters<typeof on<readonly [typeof airport]>>[0];

function compiled(options: Partial<MeshOptions>) {
  const sources = [flights];
  return defineMesh({ name: 'm', sources, entities: [airport, route], features: {}, ...options });
}

/** Gives the hash of a feature of an airport. */
function hashOf(build: (events: Events) => ReturnType<Build>, options: Partial<Options> = {}) {
  const { features } = compiled({ features: { x: on({ ...base, ...options }, build) } });
  return features[0]?.hash ?? '';
}

const windowed = (events: Events) => events.by('origin').last('24h');

/** Definitions that mean the same, however they are written. */
const same: Readonly<Record<string, readonly ((events: Events) => ReturnType<Build>)[]>> = {
  'durations in another unit': [
    (events) => events.by('origin').last('24h').count(),
    (events) => events.by('origin').last('1d').count(),
    (events) => events.by('origin').last('1440min', { delay: '0h' }).count(),
  ],
  'conditions in another order, one by one or at once': [
    (events) =>
      windowed(events)
        .where((event) => event.col('delay').greaterThan(15))
        .where((event) => event.col('isNight'))
        .count(),
    (events) =>
      windowed(events)
        .where((event) => event.col('isNight').and(event.col('delay').greaterThan(15)))
        .count(),
    (events) =>
      windowed(events)
        .where((event) => event.col('isNight'))
        .where((event) => event.col('delay').atMost(15).not())
        .where((event) => event.col('isNight').not().not())
        .count(),
    (events) =>
      windowed(events)
        .where((event) => event.col('isNight').not().or(event.col('delay').atMost(15)).not())
        .count(),
  ],
  'operands of what commutes': [
    (events) =>
      windowed(events)
        .value((event) => event.col('delay').plus(event.col('price')))
        .mean(),
    (events) =>
      windowed(events)
        .value((event) => event.col('price').plus(event.col('delay')))
        .mean(),
  ],
  'texts in another order': [
    (events) =>
      windowed(events)
        .where((event) => event.col('carrier').oneOf(['AA', 'UA']))
        .count(),
    (events) =>
      windowed(events)
        .where((event) => event.col('carrier').oneOf(['UA', 'AA', 'UA']))
        .count(),
    (events) =>
      windowed(events)
        .where((event) => event.col('carrier').equals('UA').or(event.col('carrier').equals('AA')))
        .count(),
  ],
  'the pair of a correlation turned': [
    (events) => windowed(events).correlation((event) => [event.col('delay'), event.col('price')]),
    (events) => windowed(events).correlation((event) => [event.col('price'), event.col('delay')]),
  ],
  'groups and conditions': [
    (events) => windowed(events).groupBy('isNight', { Y: true }, (night) => night.count()),
    (events) =>
      windowed(events)
        .where((event) => event.col('isNight'))
        .count(),
  ],
};

/** One change each to `delay` averaged over a day's flights that were late. */
const changes: Readonly<Record<string, string>> = {
  base: hashOf((events) => late(events).col('delay').mean()),
  window: hashOf((events) => late(events, '25h').col('delay').mean()),
  delay: hashOf((events) => lateOf(events.by('origin').last('24h', { delay: '1h' })).mean()),
  sawtooth: hashOf((events) => lateOf(events.by('origin').last('24h', { sawtooth: '1h' })).mean()),
  hop: hashOf((events) => lateOf(events.by('origin').last('24h', { sawtooth: '2h' })).mean()),
  lifetime: hashOf((events) => lateOf(events.by('origin').lifetime()).mean()),
  by: hashOf((events) => lateOf(events.by('destination').last('24h')).mean()),
  column: hashOf((events) => late(events).col('price').mean()),
  operator: hashOf((events) => late(events).col('delay').sum()),
  bound: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('delay').greaterThan(16))
      .col('delay')
      .mean(),
  ),
  comparison: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('delay').atLeast(15))
      .col('delay')
      .mean(),
  ),
  unfiltered: hashOf((events) => windowed(events).col('delay').mean()),
  doubles: hashOf((events) =>
    late(events)
      .value((event) => event.col('delay').times(1))
      .mean(),
  ),
  difference: hashOf((events) =>
    late(events)
      .value((event) => event.col('delay').minus(event.col('price')))
      .mean(),
  ),
  turnedDifference: hashOf((events) =>
    late(events)
      .value((event) => event.col('price').minus(event.col('delay')))
      .mean(),
  ),
  rank: hashOf((events) => late(events).col('delay').last()),
  quantile: hashOf((events) => late(events).col('delay').quantile(0.5)),
  otherQuantile: hashOf((events) => late(events).col('delay').quantile(0.6)),
  error: hashOf((events) => late(events).col('delay').quantile(0.5, { relativeError: 0.02 })),
  weight: hashOf((events) => late(events).col('delay').ewma(0.5)),
  otherWeight: hashOf((events) => late(events).col('delay').ewma(0.4)),
  precision: hashOf((events) => late(events).col('delay').countDistinctSketch(10)),
  otherPrecision: hashOf((events) => late(events).col('delay').countDistinctSketch(11)),
  default: hashOf((events) => late(events).col('delay').mean(), { default: 1 }),
  maxAge: hashOf((events) => late(events).col('delay').mean(), { maxAge: '1h' }),
  otherMaxAge: hashOf((events) => late(events).col('delay').mean(), { maxAge: '2h' }),
  and: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('isNight').and(event.col('delay').lessThan(1)))
      .count(),
  ),
  or: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('isNight').or(event.col('delay').lessThan(1)))
      .count(),
  ),
  texts: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('carrier').oneOf(['AA', 'UA']))
      .count(),
  ),
  otherTexts: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('carrier').oneOf(['AA', 'US']))
      .count(),
  ),
  notTexts: hashOf((events) =>
    windowed(events)
      .where((event) => event.col('carrier').oneOf(['AA', 'UA']).not())
      .count(),
  ),
};

function late(events: Events, window: '24h' | '25h' = '24h') {
  return events
    .by('origin')
    .last(window)
    .where((event) => event.col('delay').greaterThan(15));
}

function lateOf(window: ReturnType<typeof windowed>) {
  return window.where((event) => event.col('delay').greaterThan(15)).col('delay');
}

describe('the hash of a definition', () => {
  for (const [what, builds] of Object.entries(same)) {
    it(`is the same for ${what}`, () => {
      assert.equal(new Set(builds.map((build) => hashOf(build))).size, 1);
    });
  }

  it('is another after any change that may change a value', () => {
    const seen = new Map<string, string>();
    for (const [what, hash] of Object.entries(changes)) {
      assert.equal(seen.get(hash), undefined, `${what} is as ${seen.get(hash)}`);
      seen.set(hash, what);
    }
  });

  it('does not see names, places of files, the order of by-columns or a zero with a sign', () => {
    const mean = (events: Events) => windowed(events).col('delay').mean();
    assert.equal(hashOf(mean, { default: -0 }), hashOf(mean, { default: 0 }));
    const ways = on(onRoute, (events) => events.by('origin', 'destination').last('1d').count());
    const back = on(onRoute, (events) => events.by('destination', 'origin').last('1d').count());
    const { features } = compiled({ features: { ways, back } });
    assert.equal(features[0]?.hash, features[1]?.hash);
    const elsewhere = source('flights', { ...sourceOptions, parquet: 'other.parquet' });
    const moved = featuresOf(elsewhere)(base, mean);
    const { features: others } = compiled({ sources: [elsewhere], features: { y: moved } });
    assert.equal(others[0]?.hash, hashOf(mean));
  });

  it('sees what a source says of the columns that are read and of time, and nothing else of it', () => {
    const mean = (events: Events) => windowed(events).col('delay').mean();
    const hashWith = (change: object): string => {
      const changed = source('flights', { ...sourceOptions, ...change });
      const definition = featuresOf(changed)(base, mean);
      return compiled({ sources: [changed], features: { x: definition } }).features[0]?.hash ?? '';
    };
    assert.equal(hashWith({ columns: { ...columns, extra: int() } }), hashOf(mean));
    assert.notEqual(hashWith({ visibleAfter: '7h' }), hashOf(mean));
    assert.notEqual(hashWith({ columns: { ...columns, delay: float() } }), hashOf(mean));
  });

  it('of a derived feature goes by what its inputs mean, not by their names', () => {
    const mean = on(base, (events) => windowed(events).col('delay').mean());
    const count = on(base, (events) => windowed(events).count());
    const wider = on(base, (events) => events.by('origin').last('2d').count());
    const hash = (
      features: MeshOptions['features'],
      build: (read: (name: string) => NumberTerm) => NumberTerm,
      standIn = 0,
    ): string => {
      const ratio = derivedFeature((row) => build((name) => row.feature(name)), {
        default: standIn,
      });
      return compiled({ features, derivedFeatures: { ratio } }).features.at(-1)?.hash ?? '';
    };
    const first = hash({ a: mean, b: count }, (read) => read('a').plus(read('b')));
    assert.equal(
      first,
      hash({ z: mean, y: count }, (read) => read('y').plus(read('z'))),
    );
    assert.notEqual(
      first,
      hash({ a: mean, b: wider }, (read) => read('a').plus(read('b'))),
    );
    assert.notEqual(
      first,
      hash({ a: mean, b: count }, (read) => read('a').minus(read('b'))),
    );
    assert.notEqual(
      first,
      hash({ a: mean, b: count }, (read) => read('a').plus(read('b')), 1),
    );
  });

  it('of a request feature is the same for swapped operands, and another for other arithmetic', () => {
    const hash = (build: Parameters<typeof requestFeature<typeof columns>>[1]): string =>
      compiled({ requestFeatures: { r: requestFeature(flights, build) } }).features[0]?.hash ?? '';
    const sum = hash((row) => row.col('delay').plus(row.col('price')));
    assert.equal(
      sum,
      hash((row) => row.col('price').plus(row.col('delay'))),
    );
    assert.notEqual(
      sum,
      hash((row) => row.col('price').minus(row.col('delay'))),
    );
  });

  it('of a feature set goes by its columns in order, whatever the mesh has beside and around them', () => {
    const a = on(base, (events) => events.by('origin').last('1d').count());
    const b = on(base, (events) => events.by('destination').last('1d').count());
    const c = on(onRoute, (events) => events.by('destination', 'origin').last('1d').count());
    const sets = (features: MeshOptions['features'], names: readonly string[]): string =>
      compiled({ features, featureServices: { s: names } }).featureSets[0]?.hash ?? '';
    const hash = sets({ a, b }, ['a', 'b']);
    assert.equal(hash, sets({ c, b, a }, ['a', 'b']));
    assert.equal(hash, sets({ y: b, x: a }, ['x', 'y']));
    assert.notEqual(hash, sets({ a, b }, ['b', 'a']));
    assert.notEqual(hash, sets({ a, b, c }, ['a', 'b', 'c']));
  });
  it('of a feature set tells whether a vector holds what a derived feature reads once or twice', () => {
    const count = on(base, (events) => windowed(events).count());
    const features = { a: count, twin: count };
    const derivedFeatures = {
      ofA: derivedFeature((row) => row.feature('a').plus(1)),
      ofTwin: derivedFeature((row) => row.feature('twin').plus(1)),
    };
    const featureServices = { once: ['a', 'ofA'], twice: ['a', 'ofTwin'] };
    const [once, twice] = compiled({ features, derivedFeatures, featureServices }).featureSets;
    assert.deepEqual([once?.hiddenColumns.length, twice?.hiddenColumns.length], [0, 1]);
    assert.notEqual(once?.hash, twice?.hash);
  });
});
