// A grpc-js client that sends one encoded message over and over.
import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import { type CallFigures, runCalls } from './call-round.ts';

/** One round: whom to call, with what, and for how long. */
export interface GrpcClientOrder {
  /** host:port, plaintext. */
  readonly address: string;
  /** Such as /inference.GRPCInferenceService/ModelInfer. */
  readonly path: string;
  /** File that holds the encoded request. */
  readonly requestFile: string;
  /** Whether the method is a stream, of which one carries all calls, rather than unary. */
  readonly isStream?: boolean;
  readonly inFlight: number;
  readonly durationMs: number;
}

/** What a round measured, and the CPU that the client itself took, in cores. */
export interface GrpcClientAnswer {
  readonly figures: CallFigures;
  readonly cpuCores: number;
}

const asIs = (bytes: Buffer): Buffer => bytes;

async function answer(order: GrpcClientOrder): Promise<GrpcClientAnswer> {
  const { address, path, requestFile, isStream = false, inFlight, durationMs } = order;
  const request = readFileSync(requestFile);
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_channelz': 0 });
  const call = isStream ? streamed(client, path, request) : unary(client, path, request);
  try {
    await call(); // the connection is made
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const figures = await runCalls(call, inFlight, durationMs);
    const { user, system } = process.cpuUsage(before);
    return { figures, cpuCores: (user + system) / 1_000 / (performance.now() - startedAt) };
  } finally {
    client.close();
  }
}

function unary(client: Client, path: string, request: Buffer): () => Promise<void> {
  return () =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, asIs, asIs, request, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
}

/** The answers of a stream come in the order of its requests. */
function streamed(client: Client, path: string, request: Buffer): () => Promise<void> {
  const stream = client.makeBidiStreamRequest(path, asIs, asIs);
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  stream.on('data', () => waiting.shift()?.resolve());
  stream.on('error', (error: Error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      stream.write(request);
    });
}

process.on('message', (order: GrpcClientOrder) => {
  answer(order).then(
    (found) => process.send?.(found),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
