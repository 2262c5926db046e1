import {
  defineMesh,
  entity,
  featuresOf,
  int,
  modelsOf,
  pipeline,
  policy,
  source,
  text,
  timestamp,
} from 'mlmesh';
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

const features = {
  flights24h: feature(atAirport, (events) => events.by('origin').last('24h').count()),
  delayMean30d: feature(atAirport, (events) => events.by('origin').last('30d').col('delay').mean()),
  // A route that was not flown for three hours has no recent mean: the max age decides often.
  routeMean7d: feature({ ...onRoute, default: -1, maxAge: '3h' }, (events) =>
    events.by('origin', 'destination').last('7d').col('delay').mean(),
  ),
};

/** A mesh over the sample of flights whose features are easy to compute wrongly: each has a wrong twin in the tests of the audit. */
export const mesh = defineMesh({
  name: 'parity',
  sources: [flights],
  entities: [airport, route],
  features,
  requestFeatures: {},
  models: {
    late: modelsOf({ examples: flights, features, requestFeatures: {} })({
      inputs: ['flights24h', 'delayMean30d', 'routeMean7d'],
      output: 'probability',
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
      policy: policy({ cohortBy: ['origin'] }),
    }),
  },
});
