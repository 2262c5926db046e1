import {
  defineMesh,
  entity,
  featuresOf,
  int,
  modelsOf,
  pipeline,
  source,
  timestamp,
} from '../../services/index.ts';
import { unaskedCandidates, unaskedPolicy, unaskedRules } from './bench-mesh-parts.ts';

// Feature processes load this module by its path: many entities with few events each. The file is made by the benchmark,
// beside its data, with as many entities as it wants.

const device = entity('device', { key: int() });

const readings = source('readings', {
  parquet: 'readings.parquet',
  columns: { at: timestamp(), level: int(), device: int() },
  eventTime: 'at',
  eventId: 'file_row_number',
});

const feature = featuresOf(readings);
const ofDevice = { entities: [device], online: true, offline: true } as const;

const features = {
  readings7d: feature(ofDevice, (all) => all.by('device').last('7d').count()),
  levelMean7d: feature(ofDevice, (all) => all.by('device').last('7d').col('level').mean()),
  levelMax7d: feature(ofDevice, (all) => all.by('device').last('7d').col('level').max()),
  readings30d: feature(ofDevice, (all) => all.by('device').last('30d').count()),
  levelSum30d: feature(ofDevice, (all) => all.by('device').last('30d').col('level').sum()),
  levelStddev30d: feature(ofDevice, (all) => all.by('device').last('30d').col('level').stddev()),
};

const model = modelsOf({ examples: readings, features, requestFeatures: {} });

/** Readings of devices. */
export const mesh = defineMesh({
  name: 'bench-entities',
  sources: [readings],
  entities: [device],
  features,
  requestFeatures: {},
  models: {
    devices: model({
      inputs: [
        'readings7d',
        'levelMean7d',
        'levelMax7d',
        'readings30d',
        'levelSum30d',
        'levelStddev30d',
      ],
      output: 'probability',
      pipeline: pipeline({
        examples: readings,
        at: 'at',
        label: (reading) => reading.col('level').greaterThan(500),
        train: { from: '2001-01-01', to: '2001-01-15' },
        validate: { from: '2001-01-15', to: '2001-02-01' },
        candidates: unaskedCandidates,
      }),
      rules: unaskedRules,
      policy: unaskedPolicy(['device']),
    }),
  },
});
