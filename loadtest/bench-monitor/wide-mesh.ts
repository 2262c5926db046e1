import {
  defineMesh,
  entity,
  featuresOf,
  int,
  type Mesh,
  modelsOf,
  pipeline,
  policy,
  requestFeature,
  source,
  text,
  timestamp,
} from 'mlmesh';

const user = entity('user', { key: text() });

const clicks = source('clicks', {
  parquet: 'clicks.parquet',
  columns: { at: timestamp(), bought: int(), user: text() },
  eventTime: 'at',
  eventId: 'file_row_number',
});

const feature = featuresOf(clicks);

/** Gives a mesh of so many models that read so many features each: what a monitor has to count. */
export function wideMesh(models: number, features: number): Mesh {
  const counts = Object.fromEntries(
    Array.from({ length: features - 1 }, (_, index) => [
      `clicks${index + 1}h`,
      feature({ entities: [user], online: true, offline: true }, (events) =>
        events
          .by('user')
          .last(`${index + 1}h`)
          .count(),
      ),
    ]),
  );
  const requestFeatures = {
    hour: requestFeature(clicks, (request) => request.col('at').hourOfDay()),
  };
  const model = modelsOf({ examples: clicks, features: counts, requestFeatures });
  return defineMesh({
    name: 'wide',
    sources: [clicks],
    entities: [user],
    features: counts,
    requestFeatures,
    models: Object.fromEntries(
      Array.from({ length: models }, (_, index) => [
        `model-${index}`,
        model({
          inputs: ['hour', ...Object.keys(counts)],
          output: 'probability',
          pipeline: pipeline({
            examples: clicks,
            at: 'at',
            label: (click) => click.col('bought').greaterThan(0),
            train: { from: '2001-02-01', to: '2001-02-28' },
            validate: { from: '2001-03-01', to: '2001-03-20' },
            candidates: [
              { alias: 'fallback', kind: 'logistic' },
              { alias: 'production', kind: 'logistic' },
            ],
          }),
          rules: () => ({ probability: 0.2, because: 'always' }),
          policy: policy({ cohortBy: ['user'] }),
        }),
      ]),
    ),
  });
}
