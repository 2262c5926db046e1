import type { MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import { readSource } from '../../services/cli/rpc/source-stream.ts';
import type { PredictRequest } from '../../services/gen/mlmesh/router/v1/PredictRequest.ts';
import { loadMessage } from '../../services/shared/platform/grpc/load-proto.ts';
import { grpcFrame } from '../load/frames-file.ts';

/** The model that the flights ask for. */
export const modelName = 'flight-delay';

/** One flight, as its source has it. */
export interface Flight {
  readonly origin: string;
  readonly destination: string;
  /** Epoch ms. */
  readonly dateMs: number;
  /** Miles. */
  readonly distance: number;
}

// The online state of a new mesh ends where June begins: every window of the flights that follow at once has something in it.
const fromMs = Date.UTC(2001, 5, 1);
const untilMs = Date.UTC(2001, 5, 2);

/** Reads real flights of the first of June 2001, in order, at most `flightsMax`. */
export async function readFlights(
  connection: MeshConnection,
  flightsMax: number,
  signal: AbortSignal,
): Promise<readonly Flight[]> {
  const flights: Flight[] = [];
  const interval = {
    source: 'flights',
    fromMs,
    untilMs,
    order: 'SOURCE_ORDER_EVENT_TIME',
  } as const;
  for await (const { rows, numbers, texts } of readSource(connection, interval, signal)) {
    for (let row = 0; row < rows && flights.length < flightsMax; row += 1) {
      flights.push({
        origin: texts.get('origin')?.[row] ?? '',
        destination: texts.get('destination')?.[row] ?? '',
        dateMs: numbers.get('date')?.[row] ?? Number.NaN,
        distance: numbers.get('distance')?.[row] ?? Number.NaN,
      });
    }
    if (flights.length >= flightsMax) break;
  }
  if (flights.length === 0) throw new Error('the feature service has no flights of June 2001');
  return flights;
}

/** Encodes the question whether a flight will be late as a gRPC frame, by the contract's own codec. */
export function predictFrame({ origin, destination, dateMs, distance }: Flight): Buffer {
  const request: PredictRequest = {
    model: modelName,
    entities: { origin, destination },
    requestFeatures: { date: { timeMs: dateMs }, distance: { number: distance } },
    atMs: dateMs,
  };
  return grpcFrame(predictRequest.serialize(request));
}

const predictRequest = loadMessage<PredictRequest, object>('mlmesh.router.v1.PredictRequest');
