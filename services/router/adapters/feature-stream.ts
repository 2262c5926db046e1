import type { StreamOnlineFeaturesRequest } from '../../gen/mlmesh/feature/v1/StreamOnlineFeaturesRequest.ts';
import type { StreamOnlineFeaturesResponse__Output } from '../../gen/mlmesh/feature/v1/StreamOnlineFeaturesResponse.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { FrameCodec, QueuedItem } from '../../shared/platform/grpc/frame-codec.ts';
import {
  connectFrames,
  type FrameStream,
  type ReplicaFigures,
} from '../../shared/platform/grpc/frame-stream.ts';
import { decodeBatchError } from '../../shared/platform/grpc/status.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { FeatureAnswer, FeatureQuery, FeatureReader, Receiver } from '../ports.ts';
import { budgetOf, groupBy, packTraces } from './frame-batches.ts';
import { failedBatch, settle, unreadableReply } from './frame-replies.ts';

/** Packs queries into frames, a batch for each feature set, and cuts the vectors out of the replies. */
const codec: FrameCodec<
  FeatureQuery,
  StreamOnlineFeaturesRequest,
  StreamOnlineFeaturesResponse__Output,
  FeatureAnswer
> = {
  encode(items, firstBatchId, now) {
    const batches = groupBy(items, ({ featureSetHash }) => featureSetHash);
    const wire = batches.map((batch, index) => ({
      batchId: firstBatchId + index,
      query: {
        featureSetHash: batch[0]?.item.featureSetHash ?? '',
        rows: batch.length,
        keys: batch.flatMap(({ item }) => item.keys),
        atMs: timesOf(batch),
      },
      traceContexts: packTraces(batch),
      budgetMs: budgetOf(batch, now),
    }));
    return { frame: { batches: wire }, batches };
  },
  decode({ batches }) {
    return batches.map(({ batchId, rows: found, error }) => {
      if (error) return failedBatch(batchId, decodeBatchError(error));
      if (!found || found.rows === 0) return failedBatch(batchId, unreadableReply('feature'));
      const { statuses, logOffset, rows } = found;
      const columns = statuses.length / rows;
      if (found.values.length !== statuses.length * 8 || !Number.isInteger(columns)) {
        return failedBatch(batchId, unreadableReply('feature'));
      }
      // The bytes of a frame are not aligned for doubles: one copy serves the whole batch.
      const values = new Float64Array(Uint8Array.from(found.values).buffer);
      return {
        batchId,
        resultOf: (row) => ({
          values: values.subarray(row * columns, (row + 1) * columns),
          statuses: statuses.subarray(row * columns, (row + 1) * columns),
          logOffset,
        }),
      };
    });
  },
};

function timesOf(batch: readonly QueuedItem<FeatureQuery>[]): Buffer {
  return Buffer.from(Float64Array.from(batch, ({ item }) => item.atMs).buffer);
}

/** Reads feature vectors over a stream to the feature service, which opens again by itself. */
export class FeatureStream implements FeatureReader {
  readonly #stream: FrameStream<FeatureQuery, FeatureAnswer>;

  constructor(addresses: readonly string[], clock: Clock, tls?: ClientTls) {
    this.#stream = connectFrames('mlmesh.feature.v1.FeatureService', 'streamOnlineFeatures', {
      addresses,
      codec,
      clock,
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

  read(query: FeatureQuery, receiver: Receiver<FeatureAnswer>): void {
    this.#stream.submit(query, { deadline: query.deadline }, settle(receiver));
  }

  close(): void {
    this.#stream.close();
  }
}
