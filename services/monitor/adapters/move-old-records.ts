import type {
  LoggedPrediction,
  LoggedPrediction__Output,
} from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type {
  ShadowAnswer,
  ShadowAnswer__Output,
} from '../../gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import { PredictionBlocks } from './prediction-blocks.ts';
import { ShadowBlocks } from './shadow-blocks.ts';

const predictionCodec = loadMessage<LoggedPrediction, LoggedPrediction__Output>(
  'mlmesh.monitor.v1.LoggedPrediction',
);
const shadowCodec = loadMessage<ShadowAnswer, ShadowAnswer__Output>(
  'mlmesh.monitor.v1.ShadowAnswer',
);

/** Records of one commit: it holds them in memory, and what is moved leaves its pages to the next. */
const movedMax = 4_096;

/**
 * Moves records that lie each for itself, as protobuf, into blocks. Each commit moves some from the one table to the other, so that a process that is killed has each record in one of them,
 * and goes on when it is run again. O(records).
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT; RESOURCE_EXHAUSTED / DISK_FULL
 */
export async function moveOldRecords(files: KeyValueStore): Promise<void> {
  const [predictions, shadows] = [new PredictionBlocks(files), new ShadowBlocks(files)];
  const [oldPredictions, oldShadows] = [files.table('predictions'), files.table('shadows')];
  await moveAll(files, oldPredictions, (values) => {
    predictions.add(values.map((value) => predictionCodec.deserialize(value)));
  });
  await moveAll(files, oldShadows, (values) => {
    shadows.add(values.map((value) => shadowCodec.deserialize(value)));
  });
}

async function moveAll(
  files: KeyValueStore,
  from: StoreTable,
  add: (values: readonly Buffer[]) => void,
): Promise<void> {
  for (let moved = movedMax; moved === movedMax; ) {
    moved = await files.commit(() => {
      const entries = [...from.range({ limit: movedMax })];
      add(entries.map(({ value }) => Buffer.from(value)));
      for (const { key } of entries) from.remove(key);
      return entries.length;
    });
  }
}
