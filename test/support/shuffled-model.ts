import type { MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import type { PipelinePlan } from '../../services/shared/definition/pipeline.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { GrpcTrainingSets } from '../../services/training/adapters/grpc-training-sets.ts';
import { TfjsTrainer } from '../../services/training/adapters/tfjs-trainer.ts';
import { writeOnnx } from '../../services/training/core/onnx-writer.ts';
import { shuffle } from '../../services/training/core/permutation.ts';

/** Trains a network on the training set of a pipeline whose labels are dealt out anew: it can have learned no more than their share. */
export async function trainOnShuffledLabels(
  { feature }: MeshConnection,
  set: {
    readonly model: string;
    readonly interval: PipelinePlan['train'];
    readonly featureSetHash: string;
  },
): Promise<Uint8Array> {
  const query = {
    ...set,
    rowsMax: 5_000,
    seed: 2001,
    logOffset: 0,
    segmentColumns: [],
    mode: 'as-served' as const,
    answerAgeMaxMs: 0,
    answersBefore: 0,
  };
  const { signal } = new AbortController();
  const { rows } = await new GrpcTrainingSets(feature).build(query, () => undefined, signal);
  const order = Uint32Array.from(rows.labels, (_, row) => row);
  shuffle(order, seededRandom(7));
  const shuffled = {
    ...rows,
    labels: rows.labels.map((_, row) => rows.labels[order[row] ?? 0] ?? 0),
  };
  const plan = { hidden: [16], epochs: 10, learningRate: 0.01, batchRows: 64, l2: 0, seed: 7 };
  const network = await new TfjsTrainer().train({ rows: shuffled, plan }, () => undefined, signal);
  return writeOnnx(network, { name: set.model, metadata: {} });
}
