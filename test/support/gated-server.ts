import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { columnBytes, float32Column } from '../../services/shared/platform/grpc/column-bytes.ts';
import type { FrameCodec } from '../../services/shared/platform/grpc/frame-codec.ts';
import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { serveFrames } from '../../services/shared/platform/grpc/serve-frames.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import type {
  ClientRequestOf,
  ClientResponseOf,
  RequestOf,
  ResponseOf,
} from '../../services/shared/platform/grpc/service-types.ts';
import { decodeBatchError, encodeBatchError } from '../../services/shared/platform/grpc/status.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

type Service = 'mlmesh.prediction.v1.PredictionService';
/** A frame as a router sends it. */
export type InferFrame = ClientRequestOf<Service, 'infer'>;
/** What comes back for it. */
export type InferReply = ClientResponseOf<Service, 'infer'>;
type Batch = RequestOf<Service, 'infer'>['batches'][number];
type BatchAnswer = NonNullable<ResponseOf<Service, 'infer'>['batches']>[number];

/** A row of one number, for a model. */
export interface DoubledRow {
  readonly model: string;
  readonly value: number;
}

/** One batch for each model of the frame; the answer to a row is its own value, doubled by the server. */
export const doublingCodec: FrameCodec<DoubledRow, InferFrame, InferReply, number> = {
  encode(items, firstBatchId) {
    const models = [...new Set(items.map(({ item }) => item.model))];
    const batches = models.map((model) => items.filter(({ item }) => item.model === model));
    return {
      batches,
      frame: {
        batches: batches.map((rows, index) => ({
          batchId: firstBatchId + index,
          model: rows[0]?.item.model ?? '',
          rows: rows.length,
          features: columnBytes(Float32Array.from(rows, ({ item }) => item.value)),
        })),
      },
    };
  },
  decode(reply) {
    return reply.batches.map(({ batchId, error, rows }) => ({
      batchId,
      error: error ? decodeBatchError(error) : undefined,
      resultOf: (index) => rows?.outputs.readFloatLE(index * 4) ?? Number.NaN,
    }));
  },
};

function answerOf(batch: Batch): BatchAnswer {
  const values = float32Column(batch.features, 'features', batch.rows);
  const outputs = columnBytes(values.map((value) => value * 2));
  return { batchId: batch.batchId, rows: { outputs } };
}

/** A server whose answers wait for `release`, and the frames it was sent. */
export class GatedServer {
  readonly frames: Batch[][] = [];
  readonly #held: (() => void)[] = [];
  isHolding = false;
  /** What rows of a model are answered with instead. */
  readonly errors = new Map([
    [
      'broken',
      new MeshError({
        code: 'INTERNAL',
        reason: 'INFERENCE_FAILED',
        message: 'wanted outputs, got none',
      }),
    ],
  ]);

  /** Rows that it was sent. */
  get rows(): number {
    return this.frames.flat().reduce((sum, { rows }) => sum + rows, 0);
  }

  start(address: string): Promise<MeshServer> {
    const server = createServer({
      name: 'prediction',
      address,
      clock: systemClock,
      services: [
        implementPartly('mlmesh.prediction.v1.PredictionService', {
          infer: serveFrames(async ({ batches }, _call, reply) => {
            this.frames.push(batches);
            if (this.isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
            for (const batch of batches) reply({ batches: [this.#answer(batch)] });
          }),
        }),
      ],
    });
    return server.start().then(() => server);
  }

  release(): void {
    this.isHolding = false;
    for (const resume of this.#held.splice(0)) resume();
  }

  #answer(batch: Batch): BatchAnswer {
    const error = this.errors.get(batch.model);
    if (error === undefined) return answerOf(batch);
    return { batchId: batch.batchId, error: encodeBatchError(error) };
  }
}
