import {
  defineMesh,
  entity,
  featuresOf,
  int,
  modelsOf,
  pipeline,
  policy,
  requestFeature,
  source,
  text,
  timestamp,
} from 'mlmesh';
import type { FeatureDefinition } from '../../services/shared/definition/feature.ts';
import type { Mesh } from '../../services/shared/definition/mesh.ts';
import { flightsSampleFile } from './flights-sample.ts';

const airport = entity('airport', { key: text() });
const route = entity('route', { keys: [airport, airport] });

const flights = source('flights', {
  parquet: flightsSampleFile,
  columns: {
    date: timestamp(),
    delay: int(),
    distance: int(),
    origin: text(),
    destination: text(),
  },
  eventTime: 'date',
  eventId: 'file_row_number',
  visibleAfter: '6h',
});

const feature = featuresOf(flights);
const atAirport = { entities: [airport], online: true, offline: true } as const;
const onRoute = { entities: [route], online: true, offline: true } as const;

/** What is changed in the sample mesh. */
export interface SampleChange {
  /** Window of `originDelayMean3h`; 3h by default. */
  readonly meanWindow?: '3h' | '5h' | '9h';
  /** Whether the mesh and the model have one more feature, over a view that the model reads anyway. */
  readonly hasMedian?: boolean;
}

type Features = Readonly<Record<string, FeatureDefinition>>;

const unchanged: Features = {
  originDelayMax6h: feature(atAirport, (events) =>
    events.by('origin').last('6h').col('delay').max(),
  ),
  originFlights24h: feature(atAirport, (events) => events.by('origin').last('24h').count()),
  destinationLateRate7d: feature({ ...atAirport, default: 0.2 }, (events) =>
    events
      .by('destination')
      .last('7d')
      .rate((flight) => flight.col('delay').greaterThan(15)),
  ),
  routeDelayStddev30d: feature(onRoute, (events) =>
    events.by('origin', 'destination').last('30d').col('delay').stddev(),
  ),
  routeFlightsEver: feature(onRoute, (events) =>
    events.by('origin', 'destination').lifetime().count(),
  ),
};

const median: Features = {
  originDelayMedian2d: feature(atAirport, (events) =>
    events.by('origin').last('2d').col('delay').quantile(0.5),
  ),
};

const requestFeatures = {
  hour: requestFeature(flights, (request) => request.col('date').hourOfDay()),
  distance: requestFeature(flights, (request) => request.col('distance')),
};

const inputs = [
  'hour',
  'originDelayMax6h',
  'originDelayMean3h',
  'distance',
  'routeFlightsEver',
  'destinationLateRate7d',
  'routeDelayStddev30d',
  'originFlights24h',
];

const late = {
  output: 'probability' as const,
  pipeline: pipeline({
    examples: flights,
    at: 'date',
    label: (flight) => flight.col('delay').greaterThan(15),
    train: { from: '2001-02-01', to: '2001-02-28T18:00:00Z' },
    validate: { from: '2001-03-01', to: '2001-03-20' },
    candidates: [
      { alias: 'fallback', kind: 'logistic' },
      { alias: 'production', kind: 'mlp', hidden: [4] },
    ],
  }),
  rules: () => ({ probability: 0.2, because: 'always' }),
  policy: policy({
    modelBudget: '50ms',
    reserveMargin: '5ms',
    cohortBy: ['origin', 'destination'],
    onModelTimeout: 'fallback',
    onModelError: 'fallback',
    onFallbackError: 'rules',
    missingFeaturesMax: 1,
    shadow: { rate: 1 },
    control: { share: 0.05, serve: 'rules' },
    threshold: 0.25,
  }),
};

/** Gives a mesh over the sample of flights, with windows from hours to all ever. */
export function sampleMesh({ meanWindow = '3h', hasMedian = false }: SampleChange = {}): Mesh {
  const features: Features = {
    originDelayMean3h: feature(atAirport, (events) =>
      events.by('origin').last(meanWindow).col('delay').mean(),
    ),
    ...unchanged,
    ...(hasMedian ? median : {}),
  };
  const model = modelsOf({ examples: flights, features, requestFeatures });
  return defineMesh({
    name: 'flights-sample',
    sources: [flights],
    entities: [airport, route],
    features,
    requestFeatures,
    models: {
      late: model({ ...late, inputs: hasMedian ? [...inputs, 'originDelayMedian2d'] : inputs }),
    },
  });
}

/** The sample mesh as it is. */
export const mesh = sampleMesh();
