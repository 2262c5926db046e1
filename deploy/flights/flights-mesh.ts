import {
  defineMesh,
  entity,
  featuresOf,
  int,
  type Mesh,
  modelsOf,
  pipeline,
  policy,
  replay,
  requestFeature,
  source,
  text,
  timestamp,
} from 'mlmesh';
import { lateRules } from './late-rules.ts';

const airport = entity('airport', { key: text() });
const route = entity('route', { keys: [airport, airport] });

const flights = source('flights', {
  parquet: 'vega-datasets/data/flights-3m.parquet',
  columns: {
    date: timestamp(),
    delay: int(), // minutes, negative when early
    distance: int(), // miles
    origin: text(),
    destination: text(),
  },
  eventTime: 'date',
  eventId: 'file_row_number',
  // 6 h: the longest flights have landed by then, so that every delay is known.
  visibleAfter: '6h',
});

const feature = featuresOf(flights);
const atAirport = { entities: [airport], online: true, offline: true } as const;
const onRoute = { entities: [route], online: true, offline: true } as const;
/** More than 15 minutes late: the definition of the US Department of Transportation. */
const lateMin = 15;
/** Share of flights that are late, Jan to Jun 2001. */
const lateShare = 0.2;

const features = {
  originDelayMean3h: feature(atAirport, (events) =>
    events.by('origin').last('3h').col('delay').mean(),
  ),
  originDelayMean24h: feature(atAirport, (events) =>
    events.by('origin').last('24h').col('delay').mean(),
  ),
  originLateRate3h: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('origin')
      .last('3h')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  originLateRate24h: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('origin')
      .last('24h')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  originLateRate30d: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('origin')
      .last('30d')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  originFlights3h: feature(atAirport, (events) => events.by('origin').last('3h').count()),
  originDelayMax6h: feature(atAirport, (events) =>
    events.by('origin').last('6h').col('delay').max(),
  ),
  destinationDelayMean3h: feature(atAirport, (events) =>
    events.by('destination').last('3h').col('delay').mean(),
  ),
  destinationLateRate3h: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('destination')
      .last('3h')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  destinationLateRate24h: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('destination')
      .last('24h')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  destinationLateRate30d: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('destination')
      .last('30d')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  destinationDelayMax6h: feature(atAirport, (events) =>
    events.by('destination').last('6h').col('delay').max(),
  ),
  routeDelayMean7d: feature(onRoute, (events) =>
    events.by('origin', 'destination').last('7d').col('delay').mean(),
  ),
  routeDelayStddev30d: feature(onRoute, (events) =>
    events.by('origin', 'destination').last('30d').col('delay').stddev(),
  ),
  routeLateRate30d: feature({ ...onRoute, default: lateShare }, (events) =>
    events
      .by('origin', 'destination')
      .last('30d')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  routeFlights7d: feature(onRoute, (events) =>
    events.by('origin', 'destination').last('7d').count(),
  ),
};

const requestFeatures = {
  hour: requestFeature(flights, (request) => request.col('date').hourOfDay()),
  weekday: requestFeature(flights, (request) => request.col('date').dayOfWeek()),
  distance: requestFeature(flights, (request) => request.col('distance')),
};

const model = modelsOf({ examples: flights, features, requestFeatures });

/** What tells one mesh over the flights from another. */
export interface FlightsOptions {
  readonly name: string;
  readonly candidates: Parameters<typeof pipeline>[0]['candidates'];
  /** Share of the routes that the rules serve, 0 to 1: what the model is compared with. Default: 0.1. */
  readonly controlShare?: number;
}

/** Gives a mesh that says whether a flight will be late, over real US flights of the first half of 2001. */
export function flightsMesh({ name, candidates, controlShare = 0.1 }: FlightsOptions): Mesh {
  return defineMesh({
    name,
    sources: [flights],
    entities: [airport, route],
    features,
    requestFeatures,
    models: {
      'flight-delay': model({
        inputs: [
          'hour',
          'weekday',
          'distance',
          'originDelayMean3h',
          'originDelayMean24h',
          'originLateRate3h',
          'originLateRate24h',
          'originLateRate30d',
          'originFlights3h',
          'originDelayMax6h',
          'destinationDelayMean3h',
          'destinationLateRate3h',
          'destinationLateRate24h',
          'destinationLateRate30d',
          'destinationDelayMax6h',
          'routeDelayMean7d',
          'routeDelayStddev30d',
          'routeLateRate30d',
          'routeFlights7d',
        ],
        output: 'probability',
        pipeline: pipeline({
          examples: flights,
          at: 'date',
          label: (flight) => flight.col('delay').greaterThan(lateMin),
          train: { from: '2001-02-01', to: '2001-04-30T18:00:00Z' },
          validate: { from: '2001-05-01', to: '2001-06-01' },
          trainRowsMax: 200_000,
          validateRowsMax: 50_000,
          seed: 2001,
          segments: ['origin'],
          candidates,
        }),
        rules: lateRules,
        policy: policy({
          modelBudget: '50ms',
          reserveMargin: '5ms',
          cohortBy: ['origin', 'destination'],
          onModelTimeout: 'fallback',
          onModelError: 'fallback',
          onFallbackError: 'rules',
          missingFeaturesMax: 0.9,
          shadow: { rate: 1 },
          // 0.1: 20,000 answers of a month leave 2,000 to compare with, on some 200 routes.
          control: { share: controlShare, serve: 'rules' },
          // A warning pays from 0.25 / 1.25 on; a little above it, since nobody likes to be warned in vain.
          threshold: 0.25,
          monitoring: {
            // How late a route has been lately says much of what a warning on it is worth, whoever gives it. 20,000: what a month of the replay brings.
            lift: { covariate: 'routeLateRate30d', requestsPlanned: 20_000 },
            // As `visibleAfter` of the flights.
            quality: { labelHorizon: '6h' },
          },
        }),
        // +1 for a late flight that was announced, -0.25 for a false alarm.
        businessValue: ({ isActedOn, outcome }) => (isActedOn ? (outcome === 1 ? 1 : -0.25) : 0),
      }),
    },
    replay: replay({ source: flights, from: '2001-06-01', to: '2001-07-01', predictEvery: 20 }),
  });
}
