import type { IngestRequest__Output } from '../../gen/mlmesh/feature/v1/IngestRequest.ts';
import type { IngestResponse } from '../../gen/mlmesh/feature/v1/IngestResponse.ts';
import { float64Column } from '../../shared/platform/grpc/column-bytes.ts';
import type { IncomingEvents } from '../core/event-batch.ts';
import type { FeatureService } from '../serving/feature-service.ts';
import type { IngestMeter } from './ingest-meter.ts';

type IngestService = Pick<FeatureService, 'ingest' | 'isIngestBusy'>;

/** Batches of one stream that may be under way: enough to share a write to disk, few enough that the caller feels it. */
const batchesMax = 8;

/** The same while much waits for the log: many fast callers then slow down rather than be refused. */
const busyBatchesMax = 1;

/**
 * Gives the handler of Ingest: appends the batches of a stream and acknowledges each, in order, once it is durable. Reads
 * ahead a little, and no further than the log keeps up, so that a fast caller meets the flow control of its stream. A batch that is refused ends the stream; those before it stay.
 */
export function ingestHandler(
  service: IngestService,
  meter: Pick<IngestMeter, 'count'>,
): (requests: AsyncIterable<IngestRequest__Output>) => AsyncIterable<IngestResponse> {
  const aheadMax = (): number => (service.isIngestBusy ? busyBatchesMax : batchesMax);
  return (requests) => ingest((request) => append(service, meter, request), aheadMax, requests);
}

async function* ingest(
  appendBatch: (request: IngestRequest__Output) => Promise<IngestResponse>,
  aheadMax: () => number,
  requests: AsyncIterable<IngestRequest__Output>,
): AsyncGenerator<IngestResponse> {
  const iterator = requests[Symbol.asyncIterator]();
  const underWay: Promise<IngestResponse>[] = [];
  let next: Promise<IteratorResult<IngestRequest__Output>> | undefined = guarded(iterator.next());
  while (next !== undefined || underWay.length > 0) {
    // Whatever comes first: another batch, if there is room for it, or the oldest acknowledgement.
    const event = await Promise.race([
      ...(next !== undefined && underWay.length < aheadMax() ? [next.then(arrived)] : []),
      ...underWay.slice(0, 1).map((oldest) => oldest.then(acknowledged)),
    ]);
    if (event.kind === 'acknowledged') {
      const oldest = underWay.shift();
      if (oldest !== undefined) yield await oldest;
    } else if (event.result.done === true) {
      next = undefined;
    } else {
      underWay.push(guarded(appendBatch(event.result.value)));
      next = guarded(iterator.next());
    }
  }
}

type Arrival = { readonly kind: 'arrived'; readonly result: IteratorResult<IngestRequest__Output> };
type Acknowledgement = { readonly kind: 'acknowledged' };

function arrived(result: IteratorResult<IngestRequest__Output>): Arrival {
  return { kind: 'arrived', result };
}

function acknowledged(): Acknowledgement {
  return { kind: 'acknowledged' };
}

/** What fails while something else is waited for, a batch or a stream whose caller has gone, tells it when its turn comes: no crash meanwhile. */
function guarded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function append(
  service: IngestService,
  meter: Pick<IngestMeter, 'count'>,
  request: IngestRequest__Output,
): Promise<IngestResponse> {
  const { batchId, source } = request;
  const acknowledgement = await service.ingest(source, parseEvents(request));
  meter.count(acknowledgement);
  return { batchId, ...acknowledgement };
}

function parseEvents(request: IngestRequest__Output): IncomingEvents {
  const { rows, eventIds, partition, firstPosition, columns } = request;
  return {
    rows,
    ids: eventIds,
    partition,
    firstPosition,
    columns: columns.map(({ name, numbers, texts, nulls }) => ({
      name,
      // As many as there are: that they are one a row is checked with the rest.
      numbers: float64Column(numbers, `columns.${name}.numbers`, Math.ceil(numbers.length / 8)),
      texts,
      nulls,
    })),
  };
}
