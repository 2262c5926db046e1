import {
  defineMesh,
  entity,
  featuresOf,
  float,
  int,
  modelsOf,
  pipeline,
  policy,
  requestFeature,
  source,
  text,
  timestamp,
} from '../../services/index.ts';

const trips = source('trips', {
  parquet: 'trips.parquet',
  columns: { at: timestamp(), distance: float(), delay: int(), city: text() },
  eventTime: 'at',
  eventId: 'file_row_number',
  visibleAfter: '1h',
});
const city = entity('city', { key: text() });
const features = {
  cityDelay: featuresOf(trips)({ entities: [city], online: true, offline: true }, (events) =>
    events.by('city').last('1d').col('delay').mean(),
  ),
};
const requestFeatures = {
  distance: requestFeature(trips, (request) => request.col('distance')),
  hour: requestFeature(trips, (request) => request.col('at').hourOfDay()),
};
const shared = { epochs: 15, batchRows: 50, learningRate: 0.05 };
/** A small mesh with one model and a pipeline that trains in a second. */
export const mesh = defineMesh({
  name: 'trips',
  sources: [trips],
  entities: [city],
  features,
  requestFeatures,
  models: {
    'trip-late': modelsOf({ examples: trips, features, requestFeatures })({
      inputs: ['distance', 'hour', 'cityDelay'],
      output: 'probability',
      pipeline: pipeline({
        examples: trips,
        at: 'at',
        label: (trip) => trip.col('delay').greaterThan(5),
        train: { from: '2001-01-01', to: '2001-01-31T23:00:00Z' },
        validate: { from: '2001-02-01', to: '2001-03-01' },
        trainRowsMax: 600,
        validateRowsMax: 300,
        seed: 9,
        candidates: [
          { ...shared, alias: 'fallback', kind: 'logistic' },
          { ...shared, alias: 'production', kind: 'mlp', hidden: [8] },
          { ...shared, alias: 'shadow', kind: 'mlp', hidden: [4, 4], format: 'tfjs' },
        ],
      }),
      rules: () => ({ probability: 0.2, because: 'always' }),
      policy: policy({ cohortBy: ['city'] }),
    }),
  },
});
