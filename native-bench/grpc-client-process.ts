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
  const { address, path, requestFile, inFlight, durationMs } = order;
  const request = readFileSync(requestFile);
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_channelz': 0 });
  const call = (): Promise<void> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, asIs, asIs, request, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
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

process.on('message', (order: GrpcClientOrder) => {
  answer(order).then(
    (found) => process.send?.(found),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
