import type { InferRequest } from '../../gen/mlmesh/prediction/v1/InferRequest.ts';
import type { InferResponse__Output } from '../../gen/mlmesh/prediction/v1/InferResponse.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { FrameCodec, QueuedItem } from '../../shared/platform/grpc/frame-codec.ts';
import {
  connectFrames,
  type FrameStream,
  type ReplicaFigures,
} from '../../shared/platform/grpc/frame-stream.ts';
import type { HedgeOptions } from '../../shared/platform/grpc/hedger.ts';
import { decodeBatchError } from '../../shared/platform/grpc/status.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { ModelAnswer, ModelQuery, ModelRunner, Receiver } from '../ports.ts';
import { budgetOf, groupBy, packTraces } from './frame-batches.ts';
import { failedBatch, settle, unreadableReply } from './frame-replies.ts';

/** Which queue of the prediction service the rows of a stream wait in. */
export type StreamPriority = 'PRIORITY_PRODUCTION' | 'PRIORITY_SHADOW';

type Codec = FrameCodec<ModelQuery, InferRequest, InferResponse__Output, ModelAnswer>;

/** Packs rows into frames, a batch for each version, and cuts the outputs out of the replies. */
function codecFor(priority: StreamPriority): Codec {
  return {
    encode(items, firstBatchId, now) {
      const batches = groupBy(items, ({ model, version }) => `${version}/${model}`);
      const wire = batches.map((batch, index) => {
        const first = batch[0]?.item;
        return {
          batchId: firstBatchId + index,
          model: first?.model ?? '',
          version: first?.version ?? 0,
          rows: batch.length,
          features: rowsOf(batch),
          featureSetHash: first?.featureSetHash ?? '',
          traceContexts: packTraces(batch),
          budgetMs: budgetOf(batch, now),
          priority,
        };
      });
      return { frame: { batches: wire }, batches };
    },
    decode({ batches }) {
      return batches.map(({ batchId, rows: found, error }) => {
        if (error) return failedBatch(batchId, decodeBatchError(error));
        if (!found || found.rows === 0) return failedBatch(batchId, unreadableReply('prediction'));
        const { queueMs, computeMs, rows } = found;
        const width = found.outputs.length / 4 / rows;
        if (!Number.isInteger(width)) return failedBatch(batchId, unreadableReply('prediction'));
        // The bytes of a frame are not aligned for floats: one copy serves the whole batch.
        const outputs = new Float32Array(Uint8Array.from(found.outputs).buffer);
        return {
          batchId,
          resultOf: (row) => ({
            outputs: outputs.subarray(row * width, (row + 1) * width),
            queueMs,
            computeMs,
          }),
        };
      });
    },
  };
}

function rowsOf(batch: readonly QueuedItem<ModelQuery>[]): Buffer {
  const width = batch[0]?.item.row.length ?? 0;
  const rows = new Float32Array(batch.length * width);
  batch.forEach(({ item }, index) => {
    rows.set(item.row, index * width);
  });
  return Buffer.from(rows.buffer);
}

/** Runs versions over a stream to the prediction service, which opens again by itself. */
export class PredictionStream implements ModelRunner {
  readonly #stream: FrameStream<ModelQuery, ModelAnswer>;

  constructor(
    addresses: readonly string[],
    {
      priority,
      hedge,
      tls,
    }: {
      readonly priority: StreamPriority;
      readonly hedge?: HedgeOptions | undefined;
      readonly tls?: ClientTls | undefined;
    },
    clock: Clock,
  ) {
    this.#stream = connectFrames('mlmesh.prediction.v1.PredictionService', 'infer', {
      addresses,
      codec: codecFor(priority),
      clock,
      hedge,
      tls,
    });
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  /** What it does where there are several replicas. */
  get replicas(): ReplicaFigures {
    return this.#stream;
  }

  run(query: ModelQuery, receiver: Receiver<ModelAnswer>): void {
    this.#stream.submit(query, { deadline: query.deadline }, settle(receiver));
  }

  close(): void {
    this.#stream.close();
  }
}
