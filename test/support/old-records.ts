import type {
  LoggedPrediction,
  LoggedPrediction__Output,
} from '../../services/gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type {
  ShadowAnswer,
  ShadowAnswer__Output,
} from '../../services/gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import { LmdbPredictions } from '../../services/monitor/adapters/lmdb-predictions.ts';
import { loadMessage } from '../../services/shared/platform/grpc/load-proto.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';

const predictionCodec = loadMessage<LoggedPrediction, LoggedPrediction__Output>(
  'mlmesh.monitor.v1.LoggedPrediction',
);
const shadowCodec = loadMessage<ShadowAnswer, ShadowAnswer__Output>(
  'mlmesh.monitor.v1.ShadowAnswer',
);

/** Puts what a folder of the monitor keeps as monitors up to layout 2 did: each prediction and each answer of a shadow for itself, as protobuf. */
export async function layOutAsBefore(directory: string): Promise<void> {
  await using files = KeyValueStore.open({ directory });
  const { predictions, shadows } = new LmdbPredictions(files, {
    predictionsMax: 1e9,
    now: () => 0,
  }).all();
  const [oldPredictions, oldShadows] = [files.table('predictions'), files.table('shadows')];
  const blocks = [files.table('prediction-blocks'), files.table('shadow-blocks')];
  await files.commit(() => {
    for (const prediction of [...predictions]) {
      const { keys, shadowVersions } = prediction;
      const record = { ...prediction, keys: [...keys], shadowVersions: [...shadowVersions] };
      oldPredictions.put(prediction.predictionId, predictionCodec.serialize(record));
    }
    for (const shadow of [...shadows]) {
      oldShadows.put([shadow.predictionId, shadow.version], shadowCodec.serialize(shadow));
    }
    for (const table of blocks) for (const key of [...table.keys()]) table.remove(key);
  });
}
