import {
  defineMesh,
  entity,
  featuresOf,
  int,
  modelsOf,
  pipeline,
  source,
  text,
  timestamp,
} from '../../services/index.ts';
import { unaskedCandidates, unaskedPolicy, unaskedRules } from './bench-mesh-parts.ts';

// Feature processes load this module by its path: few keys with very many events each, and questions about them. The
// files are made by the benchmark, beside its data.

const buyer = entity('buyer', { key: text() });

const purchases = source('purchases', {
  parquet: 'hot-purchases.parquet',
  columns: { at: timestamp(), cents: int(), buyer: text() },
  eventTime: 'at',
  eventId: 'file_row_number',
});

const questions = source('questions', {
  parquet: 'hot-questions.parquet',
  columns: { at: timestamp(), isYes: int(), buyer: text() },
  eventTime: 'at',
  eventId: 'file_row_number',
});

const feature = featuresOf(purchases);
const ofBuyer = { entities: [buyer], online: true, offline: true } as const;

const features = {
  purchases30d: feature(ofBuyer, (all) => all.by('buyer').last('30d').count()),
  centsSum30d: feature(ofBuyer, (all) => all.by('buyer').last('30d').col('cents').sum()),
  centsMean30d: feature(ofBuyer, (all) => all.by('buyer').last('30d').col('cents').mean()),
};

const model = modelsOf({ examples: questions, features, requestFeatures: {} });

/** 200 buyers with 20,000 purchases each, and 200,000 questions. */
export const mesh = defineMesh({
  name: 'bench-hot-keys',
  sources: [purchases, questions],
  entities: [buyer],
  features,
  requestFeatures: {},
  models: {
    'hot-keys': model({
      inputs: ['purchases30d', 'centsSum30d', 'centsMean30d'],
      output: 'probability',
      pipeline: pipeline({
        examples: questions,
        at: 'at',
        label: (question) => question.col('isYes').greaterThan(0),
        train: { from: '2001-01-01', to: '2001-06-01' },
        validate: { from: '2001-06-01', to: '2001-07-01' },
        candidates: unaskedCandidates,
      }),
      rules: unaskedRules,
      policy: unaskedPolicy(['buyer']),
    }),
  },
});
