import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bool, type Columns, float, int, text, timestamp } from './column.ts';
import { intervalOf } from './date-text.ts';
import { defineMesh, type MeshOptions } from './define-mesh.ts';
import { entity } from './entity.ts';
import type { EntityFrame, EventFrame, WindowFrame } from './event-frame.ts';
import { featuresOf } from './feature.ts';
import { isMesh } from './mesh.ts';
import { modelsOf } from './model.ts';
import { type PipelineOptions, pipeline } from './pipeline.ts';
import { policy } from './policy.ts';
import { replay } from './replay.ts';
import { requestFeature } from './request-feature.ts';
import type { RowFrame } from './row-frame.ts';
import { source } from './source.ts';

const airport = entity('airport', { key: text() });
const route = entity('route', { keys: [airport, airport] });
const columns = {
  date: timestamp(),
  delay: int(),
  price: float(),
  origin: text(),
  destination: text(),
  gate: int(),
  isNight: bool(),
};
const flights = source('flights', {
  parquet: 'flights.parquet',
  columns,
  eventTime: 'date',
  eventId: 'file_row_number',
  visibleAfter: '6h',
});
const feature = featuresOf(flights);
const both = { online: true, offline: true };
const features = {
  delayMean: feature({ entities: [airport], ...both }, (events) =>
    events.by('origin').last('24h').col('delay').mean(),
  ),
  routeLateRate: feature({ entities: [route], ...both, default: 0.2 }, (events) =>
    events
      .by('origin', 'destination')
      .last('7d')
      .where((event) => event.col('isNight').not())
      .rate((event) => event.col('delay').greaterThan(15)),
  ),
  arrivals: feature({ entities: [airport], ...both }, (events) =>
    events.by('destination').lifetime().count(),
  ),
};
const requestFeatures = {
  hour: requestFeature(flights, (request) => request.col('date').hourOfDay()),
};
const examples: PipelineOptions<typeof columns> = {
  examples: flights,
  at: 'date',
  label: (event) => event.col('delay').greaterThan(15),
  train: { from: '2001-02-01', to: '2001-04-30T18:00:00Z' },
  validate: { from: '2001-05-01', to: '2001-06-01' },
  candidates: [
    { alias: 'fallback', kind: 'logistic' },
    { alias: 'production', kind: 'mlp', hidden: [8] },
  ],
};
const model = modelsOf({ examples: flights, features, requestFeatures });
const flightDelay = model({
  inputs: ['hour', 'routeLateRate', 'delayMean'],
  output: 'probability',
  pipeline: pipeline(examples),
  rules: (request, values) => ({
    probability: values.routeLateRate ?? (request.origin === 'ORD' ? 0.3 : 0.2),
    because: 'the route',
  }),
  policy: policy({ cohortBy: ['origin', 'destination'] }),
});
const options: MeshOptions = {
  name: 'flights',
  sources: [flights],
  entities: [airport, route],
  features,
  requestFeatures,
  models: { 'flight-delay': flightDelay },
  replay: replay({ source: flights, from: '2001-06-01', to: '2001-07-01' }),
};

const invalid = (text: RegExp): object => ({
  code: 'INVALID_ARGUMENT',
  reason: 'DEFINITION_INVALID',
  message: text,
});

describe('defineMesh', () => {
  it('gives each model its feature set, join keys and request inputs', () => {
    const mesh = defineMesh(options);
    const compiled = mesh.models['flight-delay'];
    assert.ok(compiled !== undefined && isMesh(mesh));
    assert.deepEqual(
      mesh.views.map(({ id }) => id),
      ['flights/origin', 'flights/origin,destination', 'flights/destination'],
    );
    assert.deepEqual(compiled.joinKeys, [
      { name: 'origin', type: 'text', entity: 'airport' },
      { name: 'destination', type: 'text', entity: 'airport' },
    ]);
    assert.deepEqual(compiled.requestInputs, [{ name: 'date', type: 'timestamp' }]);
    const { views } = compiled.featureSet;
    assert.deepEqual(
      compiled.featureSet.columns.map((column) =>
        column.kind === 'view'
          ? views[column.viewIndex]?.features[column.featureIndex]?.name
          : column.kind === 'request' &&
            compiled.featureSet.requestFeatures[column.requestIndex]?.name,
      ),
      ['hour', 'routeLateRate', 'delayMean'],
    );
    assert.deepEqual(compiled.rules({ origin: 'ORD' }, {}), {
      probability: 0.3,
      because: 'the route',
    });
  });

  it('is frozen throughout and says what each feature is', () => {
    const mesh = defineMesh(options);
    assert.ok(Object.isFrozen(mesh.views[0]?.features[0]?.aggregate));
    assert.ok(Object.isFrozen(mesh.models['flight-delay']?.pipeline.candidates));
    assert.deepEqual(
      mesh.features.map(({ summary }) => summary),
      [
        'mean of delay over the last 1d by origin',
        'rate of delay > 15 where not isNight over the last 7d by origin, destination',
        'count of events ever by destination',
        'hourOfDay(date) of the request',
      ],
    );
  });

  it('changes a hash exactly when a value may change', () => {
    const hashes = (other: Partial<MeshOptions>): readonly string[] =>
      defineMesh({ ...options, models: {}, ...other }).features.map(({ hash }) => hash);
    assert.deepEqual(hashes({}), hashes({ name: 'other' }));
    const changed = hashes({
      features: {
        ...features,
        delayMean: feature({ entities: [airport], ...both }, (events) =>
          events.by('origin').last('25h').col('delay').mean(),
        ),
      },
    });
    assert.deepEqual(
      changed.map((hash, index) => hash === hashes({})[index]),
      [false, true, true, true],
    );
  });

  it('refuses names that stand twice', () => {
    const duplicate = { code: 'INVALID_ARGUMENT', reason: 'DEFINITION_DUPLICATE' };
    const clash = { delayMean: requestFeatures.hour };
    assert.throws(() => defineMesh({ ...options, requestFeatures: clash }), duplicate);
    assert.throws(() => defineMesh({ ...options, sources: [flights, flights] }), duplicate);
    const twice = { ...flightDelay, inputs: ['hour', 'hour'] };
    assert.throws(() => defineMesh({ ...options, models: { twice } }), duplicate);
  });

  it('names what is missing', () => {
    const with_ = (other: Partial<MeshOptions>) => () => defineMesh({ ...options, ...other });
    assert.throws(with_({ sources: [] }), invalid(/^feature 'delayMean': reads source 'flights'/));
    assert.throws(
      with_({ entities: [airport] }),
      invalid(/'routeLateRate': is about entity 'route'/),
    );
    assert.throws(with_({ name: 'Not kebab' }), invalid(/kebab-case/));
    const models = (change: object) => with_({ models: { m: { ...flightDelay, ...change } } });
    assert.throws(models({ inputs: [] }), invalid(/at least one input/));
    assert.throws(models({ inputs: ['nope'] }), invalid(/^model 'm': takes input 'nope'/));
    assert.throws(
      models({ policy: policy({ cohortBy: ['gate'] }) }),
      invalid(/cohortBy names 'gate'/),
    );
    const offline = feature({ entities: [airport], online: false, offline: true }, (events) =>
      events.by('origin').last('1d').count(),
    );
    const late = { ...features, delayMean: offline };
    assert.throws(with_({ features: late }), invalid(/'delayMean', which is not both online/));
  });
});

/** Authors without a type checker meet the same refusals: the frames are called as they would. */
type Untyped = (...names: readonly string[]) => unknown;

describe('featuresOf', () => {
  const compile = (build: (events: EventFrame<Columns, readonly []>) => unknown) => () =>
    feature({ entities: [airport], ...both }, build as never).compile('x');
  const by = (events: EventFrame<Columns, readonly []>, ...names: readonly string[]) =>
    (events.by as Untyped)(...names) as EntityFrame<Columns>;
  const col = (window: WindowFrame<Columns>, name: string): unknown =>
    (window.col as Untyped)(name);

  it('refuses by-columns that do not fit the key, naming the feature', () => {
    for (const names of [['nope'], [], ['origin', 'destination'], ['gate'], ['toString']]) {
      const build = compile((events) => by(events, ...names));
      assert.throws(build, invalid(/^feature 'x': wanted 1 different by-columns of type text/));
    }
  });

  it('refuses columns that are not there or are text, and windows that are none', () => {
    const window = (text: string) =>
      compile((events) => (by(events, 'origin').last as Untyped)(text));
    assert.throws(window('0h'), invalid(/'0h'/));
    assert.throws(window('a day'), invalid(/'a day'/));
    const column = (name: string) =>
      compile((events) => col(by(events, 'origin').lifetime(), name));
    assert.throws(column('nope'), invalid(/reads column 'nope'/));
    assert.throws(column('origin'), invalid(/wanted an aggregate of a window/));
  });

  it('refuses a feature that is nowhere and a default that is no number', () => {
    const none = feature({ entities: [airport], online: false, offline: false }, (events) =>
      events.by('origin').lifetime().count(),
    );
    assert.throws(() => none.compile('x'), invalid(/neither online nor offline/));
    const odd = feature({ entities: [airport], ...both, default: Number.NaN }, (events) =>
      events.by('origin').lifetime().count(),
    );
    assert.throws(() => odd.compile('x'), invalid(/finite default/));
  });

  it('refuses a max age within which no event of the window lies, and groups by what no int is', () => {
    const aged = (maxAge: '2h' | '3h') =>
      feature({ entities: [airport], ...both, maxAge }, (events) =>
        events.by('origin').last('1d', { delay: '2h' }).count(),
      );
    assert.throws(() => aged('2h').compile('x'), invalid(/wanted a maxAge above .* 7200000 ms/));
    assert.equal(aged('3h').compile('x')[0]?.maxAgeMs, 3 * 3_600_000);
    for (const value of [Number.NaN, 1.5]) {
      const grouped = feature({ entities: [airport], ...both }, (events) =>
        events
          .by('origin')
          .last('1d')
          .groupBy('delay', { none: value }, (group) => group.count()),
      );
      assert.throws(() => grouped.compile('x'), invalid(/wanted groups of .*'delay' \(int\)/));
    }
  });
});

type C = typeof columns;
type Takes<F extends (...values: never) => unknown, V> = V extends Parameters<F>[0] ? true : false;

describe('types', () => {
  it('refuse wrong columns, by-columns, inputs and estimates before anything runs', () => {
    // Each of these constants compiles only while the type on its left holds.
    const col: Takes<WindowFrame<C>['col'], 'delay'> = true;
    const noCol: Takes<WindowFrame<C>['col'], 'nope'> = false;
    const noTextCol: Takes<RowFrame<C>['col'], 'origin'> = false;
    const byText: Takes<EventFrame<C, readonly ['text']>['by'], 'origin'> = true;
    const noByInt: Takes<EventFrame<C, readonly ['text']>['by'], 'gate'> = false;
    const noWindow: Takes<EntityFrame<C>['last'], 'a day'> = false;
    type Price = ReturnType<typeof priceOf>;
    const floatSum: 'mean' extends keyof Price ? true : false = true;
    const noEstimate: 'approxQuantile' extends keyof Price ? true : false = false;
    type Input = Parameters<typeof model>[0]['inputs'][number];
    const noInput: 'nope' extends Input ? true : false = false;
    assert.deepEqual(
      [col, noCol, noTextCol, byText, noByInt, noWindow, floatSum, noEstimate, noInput],
      [true, false, false, true, false, false, true, false, false],
    );
  });
});

function priceOf(window: WindowFrame<C>) {
  return window.col('price');
}

describe('pipeline, policy and source', () => {
  it('refuse what would flatter, is out of range or is not there', () => {
    const refused = (change: object, text: RegExp): void =>
      assert.throws(() => pipeline({ ...examples, ...change }), invalid(text));
    refused({ validate: { from: '2001-04-30', to: '2001-06-01' } }, /overlap/);
    refused({ train: { from: '2001-02-30', to: '2001-05-01' } }, /2001-02-30/);
    refused({ train: { from: '2001-05-01', to: '2001-05-01' } }, /wanted an end after/);
    const march = { from: '2001-03-01', to: '2001-04-01' };
    refused({ train: { from: '2001-05-01', to: '2001-06-01' }, validate: march }, /comes before/);
    refused(
      { train: { from: '2001-02-01', to: '2001-04-30T18:00:01Z' } },
      /end train at 2001-04-30T18:00:00Z, or begin validate at 2001-05-01T00:00:01Z/,
    );
    refused({ test: { from: '2001-05-31', to: '2001-06-02' } }, /validate and test overlap/);
    refused({ test: { from: '2001-06-01T05:59:59Z', to: '2001-06-02' } }, /end validate at/);
    refused({ test: march }, /overlap|comes before/);
    refused({ testRowsMax: 0.5 }, /testRowsMax/);
    refused({ features: 'as-guessed' }, /as-logged, got 'as-guessed'/);
    refused({ answersWithin: '10min' }, /is for features 'as-logged', got 'as-served'/);
    refused({ features: 'as-logged', answersWithin: '367d' }, /at most 366d/);
    const logged = pipeline({ ...examples, features: 'as-logged', answersWithin: '10min' });
    assert.deepEqual([logged.features, logged.answersWithinMs], ['as-logged', 600_000]);
    refused({ segments: ['airline'] }, /segments \(.*origin.*\), got 'airline'/);
    refused({ segments: ['date'] }, /got 'date'/);
    refused({ segments: ['price'] }, /got 'price'/);
    refused({ segments: ['origin', 'origin'] }, /each once/);
    refused({ seed: -1 }, /seed/);
    refused({ trainRowsMax: 0 }, /trainRowsMax/);
    refused(
      { candidates: [{ alias: 'production', kind: 'logistic' }] },
      /no candidate with alias 'fallback'/,
    );
    refused({ candidates: [...examples.candidates, ...examples.candidates] }, /two candidates/);
    refused(
      {
        candidates: [
          { alias: 'fallback', kind: 'mlp', hidden: [] },
          ...examples.candidates.slice(1),
        ],
      },
      /hidden/,
    );
    assert.throws(() => policy({ cohortBy: [], threshold: 1.1 }), invalid(/threshold/));
    assert.throws(
      () => replay({ source: flights, from: '2001-06-01', to: '2001-07-01', predictEvery: 0 }),
      invalid(/predictEvery/),
    );
    const bad = (change: object) => () =>
      source('flights', { parquet: '', columns, eventTime: 'date', eventId: 'gate', ...change });
    assert.throws(bad({ eventTime: 'delay' }), invalid(/timestamp column as eventTime/));
    assert.throws(bad({ eventId: 'nope' }), invalid(/eventId/));
    assert.throws(bad({ columns: { 'a b': timestamp() } }), invalid(/'a b'/));
    assert.throws(() => entity('Not camel', { key: text() }), invalid(/camelCase/));
    assert.throws(() => entity('none', { keys: [] }), invalid(/at least one part/));
  });

  it('reads dates as UTC', () => {
    const { fromMs, untilMs } = intervalOf({ from: '1969-12-31T23:00:00Z', to: '2096-02-29' }, 'x');
    assert.deepEqual([fromMs, untilMs], [-3_600_000, Date.UTC(2096, 1, 29)]);
  });
});
