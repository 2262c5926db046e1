import {
  defineMesh,
  entity,
  featuresOf,
  int,
  modelsOf,
  pipeline,
  policy,
  replay,
  requestFeature,
  source,
  text,
  timestamp,
} from 'mlmesh';

const airport = entity('airport', { key: text() });
const route = entity('route', { keys: [airport, airport] });
const flights = source('flights', {
  // Written by sample.ts; every process of the mesh inherits the variable.
  parquet: process.env['MLMESH_SMALL_FLIGHTS'] ?? 'MLMESH_SMALL_FLIGHTS is not set',
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
/** Minutes. */
const lateMin = 15;
const lateShare = 0.23;
const feature = featuresOf(flights);
// A test changes the definition between two runs of the mesh.
const meanWindow = process.env['MLMESH_SMALL_FLIGHTS_MEAN'] === '5h' ? '5h' : '3h';
const atAirport = { entities: [airport], online: true, offline: true } as const;
const onRoute = { entities: [route], online: true, offline: true } as const;
const features = {
  originDelayMean3h: feature(atAirport, (events) =>
    events.by('origin').last(meanWindow).col('delay').mean(),
  ),
  originLateRate30d: feature({ ...atAirport, default: lateShare }, (events) =>
    events
      .by('origin')
      .last('30d')
      .rate((flight) => flight.col('delay').greaterThan(lateMin)),
  ),
  originFlights3h: feature(atAirport, (events) => events.by('origin').last('3h').count()),
  destinationDelayMax6h: feature(atAirport, (events) =>
    events.by('destination').last('6h').col('delay').max(),
  ),
  routeDelayStddev30d: feature(onRoute, (events) =>
    events.by('origin', 'destination').last('30d').col('delay').stddev(),
  ),
};
const requestFeatures = {
  hour: requestFeature(flights, (request) => request.col('date').hourOfDay()),
  distance: requestFeature(flights, (request) => request.col('distance')),
};
/** A test has another model in production: gradient-boosted trees, trained by Python. */
const production =
  process.env['MLMESH_SMALL_FLIGHTS_TRAINER'] === 'python'
    ? ({
        alias: 'production',
        kind: 'external',
        command: ['python3', 'trainer/train.py'],
        files: new URL('../../../deploy/boosted-flights/trainer/', import.meta.url),
        parameters: { rounds: 40, learning_rate: 0.1, num_leaves: 15 },
      } as const)
    : ({ alias: 'production', kind: 'mlp', hidden: [16], batchRows: 64 } as const);
const isLiftMeasured = process.env['MLMESH_SMALL_FLIGHTS_LIFT'] === 'on';
/** Harm is told and goes on: a test measures what it costs, or looks at cohorts whoever is slow. */
const isHarmLeft = isLiftMeasured || process.env['MLMESH_SMALL_FLIGHTS_ROLLBACK'] === 'off';

/** The mesh of deploy/flights in short: the same source, kinds of features, tiers and aliases, over a sample that trains in seconds. */
export const mesh = defineMesh({
  name: 'small-flights',
  sources: [flights],
  entities: [airport, route],
  features,
  requestFeatures,
  models: {
    'flight-delay': modelsOf({ examples: flights, features, requestFeatures })({
      inputs: [
        'hour',
        'distance',
        'originDelayMean3h',
        'originLateRate30d',
        'originFlights3h',
        'destinationDelayMax6h',
        'routeDelayStddev30d',
      ],
      output: 'probability',
      pipeline: pipeline({
        examples: flights,
        at: 'date',
        label: (flight) => flight.col('delay').greaterThan(lateMin),
        train: { from: '2001-02-01', to: '2001-04-30T18:00:00Z' },
        validate: { from: '2001-05-01', to: '2001-06-01' },
        trainRowsMax: 5_000,
        validateRowsMax: 2_000,
        segments: ['origin'],
        seed: 2001,
        candidates: [
          { alias: 'fallback', kind: 'logistic', batchRows: 64 },
          production,
          {
            alias: 'shadow',
            kind: 'mlp',
            format: 'tfjs',
            hidden: [8, 8],
            batchRows: 64,
            epochs: 2,
          },
        ],
      }),
      rules: () => ({ probability: lateShare, because: 'the share of all flights' }),
      policy: policy({
        // A test of what the checklist says is not to depend on what else the machine does.
        modelBudget: process.env['MLMESH_SMALL_FLIGHTS_BUDGET'] === '250ms' ? '250ms' : '50ms',
        cohortBy: ['origin', 'destination'],
        // Tests count tiers: nobody is served by the rules for the sake of comparison, but where a test measures a lift.
        control: { share: isLiftMeasured ? 0.2 : 0, serve: 'rules' },
        // A test has several versions taken back one after the other.
        autoRollback: isHarmLeft ? false : { coolDown: '0ms' },
        monitoring: { lift: { requestsPlanned: 4_000 }, quality: { labelHorizon: '0ms' } },
        // A test waits for every step of a ramp.
        canary: { holdFor: '1s' },
      }),
    }),
  },
  replay: replay({ source: flights, from: '2001-06-01', to: '2001-07-01', predictEvery: 20 }),
});
