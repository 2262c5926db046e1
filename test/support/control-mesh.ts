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

const pair = entity('pair', { key: text() });
const kind = entity('kind', { key: text() });
const both = entity('both', { keys: [pair, kind] });

const events = source('events', {
  parquet: 'events.parquet',
  columns: { at: timestamp(), late: int(), pair: text(), kind: text() },
  eventTime: 'at',
  eventId: 'file_row_number',
});

const features = {
  pairCount: featuresOf(events)({ entities: [both], online: true, offline: true }, (rows) =>
    rows.by('pair', 'kind').last('7d').count(),
  ),
};

/** A mesh with one model, a fifth of whose entities are served by the rules. */
export const mesh = defineMesh({
  name: 'control',
  sources: [events],
  entities: [pair, kind, both],
  features,
  models: {
    late: modelsOf({ examples: events, features, requestFeatures: {} })({
      inputs: ['pairCount'],
      output: 'probability',
      pipeline: pipeline({
        examples: events,
        at: 'at',
        label: (event) => event.col('late').greaterThan(0),
        train: { from: '2001-02-01', to: '2001-02-28' },
        validate: { from: '2001-03-01', to: '2001-03-20' },
        candidates: [
          { alias: 'fallback', kind: 'logistic' },
          { alias: 'production', kind: 'logistic' },
        ],
      }),
      rules: () => ({ probability: 0.2, because: 'always' }),
      policy: policy({
        cohortBy: ['pair', 'kind'],
        control: { share: 0.2, serve: 'rules' },
        monitoring: { lift: { requestsPlanned: 3_000 }, quality: { labelHorizon: '1min' } },
      }),
    }),
  },
});
