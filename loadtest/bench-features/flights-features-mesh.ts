import {
  defineMesh,
  entity,
  type FeatureDefinition,
  featuresOf,
  int,
  type ModelDefinition,
  modelsOf,
  pipeline,
  source,
  text,
  timestamp,
} from '../../services/index.ts';
import type { Aggregate } from '../../services/shared/definition/aggregate.ts';
import type { DurationText } from '../../services/shared/definition/duration-text.ts';
import type { WindowFrame } from '../../services/shared/definition/event-frame.ts';
import { unaskedCandidates, unaskedPolicy, unaskedRules } from './bench-mesh-parts.ts';

// Feature processes load this module by its path: the features of real flights, over the three views of deploy/flights.

const airport = entity('airport', { key: text() });
const route = entity('route', { keys: [airport, airport] });

const columns = {
  date: timestamp(),
  delay: int(), // minutes, negative when early
  distance: int(), // miles
  origin: text(),
  destination: text(),
};

const flights = source('flights', {
  parquet: 'vega-datasets/data/flights-3m.parquet',
  columns,
  eventTime: 'date',
  eventId: 'file_row_number',
  visibleAfter: '6h',
});

const feature = featuresOf(flights);
const kept = { online: true, offline: true } as const;
const lateMin = 15;

type Window = WindowFrame<typeof columns>;
type View = 'origin' | 'destination' | 'route';

function define(
  view: View,
  window: DurationText,
  aggregate: (events: Window) => Aggregate,
): FeatureDefinition {
  switch (view) {
    case 'origin':
      return feature({ ...kept, entities: [airport] }, (all) =>
        aggregate(all.by('origin').last(window)),
      );
    case 'destination':
      return feature({ ...kept, entities: [airport] }, (all) =>
        aggregate(all.by('destination').last(window)),
      );
    case 'route':
      return feature({ ...kept, entities: [route] }, (all) =>
        aggregate(all.by('origin', 'destination').last(window)),
      );
  }
}

/** What is asked of each window. */
const aggregates: Readonly<Record<string, (events: Window) => Aggregate>> = {
  Flights: (events) => events.count(),
  DelayMean: (events) => events.col('delay').mean(),
  LateRate: (events) => events.rate((flight) => flight.col('delay').greaterThan(lateMin)),
  DelayStddev: (events) => events.col('delay').stddev(),
  DelayMax: (events) => events.col('delay').max(),
  LateFlights: (events) =>
    events.where((flight) => flight.col('delay').greaterThan(lateMin)).count(),
  LateDelaySum: (events) =>
    events
      .where((flight) => flight.col('delay').greaterThan(lateMin))
      .col('delay')
      .sum(),
  DelayMin: (events) => events.col('delay').min(),
  DistanceMean: (events) => events.col('distance').mean(),
};

const windows: readonly DurationText[] = [
  '1h',
  '3h',
  '6h',
  '12h',
  '24h',
  '2d',
  '3d',
  '7d',
  '14d',
  '30d',
];

const features: Record<string, FeatureDefinition> = {};

/** Defines one feature for each of the first `aggregatesMax` aggregates and each window; gives their names. */
function defineAll(view: View, aggregatesMax: number, over = windows): string[] {
  return Object.entries(aggregates)
    .slice(0, aggregatesMax)
    .flatMap(([what, aggregate]) =>
      over.map((window) => {
        const name = `${view}${what}${window}`;
        features[name] ??= define(view, window, aggregate);
        return name;
      }),
    );
}

// 9 x 10 + 9 x 10 + 7 x 10.
const all250 = [
  ...defineAll('origin', 9),
  ...defineAll('destination', 9),
  ...defineAll('route', 7),
];

// 6 x 3 + 6 x 3 + 7 x 2.
const some50 = [
  ...defineAll('origin', 6, ['3h', '24h', '30d']),
  ...defineAll('destination', 6, ['3h', '24h', '30d']),
  ...defineAll('route', 7, ['7d', '30d']),
];

/** The features of the training set, in the order of the columns of the SQL statements beside this file. */
const trained12 = [
  'originFlights3h',
  'originDelayMean3h',
  'originLateRate24h',
  'originDelayMax6h',
  'destinationDelayMean3h',
  'destinationLateRate24h',
  'destinationLateRate30d',
  'destinationDelayMin6h',
  'routeFlights7d',
  'routeDelayMean7d',
  'routeLateRate30d',
  'routeLateDelaySum30d',
];

const model = modelsOf({ examples: flights, features, requestFeatures: {} });

function modelWith(inputs: readonly string[]): ModelDefinition {
  return model({
    inputs,
    output: 'probability',
    pipeline: pipeline({
      examples: flights,
      at: 'date',
      label: (flight) => flight.col('delay').greaterThan(lateMin),
      train: { from: '2001-02-01', to: '2001-05-31T18:00:00Z' },
      validate: { from: '2001-06-01', to: '2001-07-01' },
      candidates: unaskedCandidates,
    }),
    rules: unaskedRules,
    policy: unaskedPolicy(['origin', 'destination']),
  });
}

/** Real flights, with models that ask for 12, 50 and 250 features of their airports and routes. */
export const mesh = defineMesh({
  name: 'bench-flights',
  sources: [flights],
  entities: [airport, route],
  features,
  requestFeatures: {},
  models: {
    'features-12': modelWith(trained12),
    'features-50': modelWith(some50),
    'features-250': modelWith(all250),
  },
});
