import type { IngestRequest__Output } from '../../gen/mlmesh/feature/v1/IngestRequest.ts';
import type { IngestResponse } from '../../gen/mlmesh/feature/v1/IngestResponse.ts';
import { float64Column } from '../../shared/platform/grpc/column-bytes.ts';
import { batchRowsMax, type IncomingEvents } from '../core/event-batch.ts';
import type { FeatureService } from '../serving/feature-service.ts';

/** Batches of one stream that may be under way: enough to share a write to disk, few enough that the caller feels it. */
const batchesMax = 8;

/**
 * Gives the handler of Ingest: appends the batches of a stream and acknowledges each, in order, once it is durable. Reads
 * ahead a little, and no further than the log keeps up. A batch that is refused ends the stream; those before it stay.
 */
export function ingestHandler(
  service: FeatureService,
): (requests: AsyncIterable<IngestRequest__Output>) => AsyncIterable<IngestResponse> {
  return (requests) => ingest(service, requests);
}

async function* ingest(
  service: FeatureService,
  requests: AsyncIterable<IngestRequest__Output>,
): AsyncGenerator<IngestResponse> {
  const iterator = requests[Symbol.asyncIterator]();
  const underWay: Promise<IngestResponse>[] = [];
  let next: Promise<IteratorResult<IngestRequest__Output>> | undefined = iterator.next();
  while (next !== undefined || underWay.length > 0) {
    // Whatever comes first: another batch, if there is room for it, or the oldest acknowledgement.
    const event = await Promise.race([
      ...(next !== undefined && underWay.length < batchesMax ? [next.then(arrived)] : []),
      ...underWay.slice(0, 1).map((oldest) => oldest.then(acknowledged)),
    ]);
    if (event.kind === 'acknowledged') {
      const oldest = underWay.shift();
      if (oldest !== undefined) yield await oldest;
    } else if (event.result.done === true) {
      next = undefined;
    } else {
      underWay.push(guarded(append(service, event.result.value)));
      next = iterator.next();
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

/** A batch may fail while an older one is waited for: its turn to tell comes later, so the failure is not lost meanwhile. */
function guarded(response: Promise<IngestResponse>): Promise<IngestResponse> {
  response.catch(() => undefined);
  return response;
}

async function append(
  service: FeatureService,
  request: IngestRequest__Output,
): Promise<IngestResponse> {
  const { batchId, source } = request;
  return { batchId, ...(await service.ingest(source, parseEvents(request))) };
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
      numbers:
        numbers.length === 0 || rows > batchRowsMax
          ? new Float64Array(0)
          : float64Column(numbers, `columns.${name}.numbers`, rows),
      texts,
      nulls,
    })),
  };
}
