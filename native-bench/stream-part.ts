import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildPeer } from '../loadtest/load/child-peer.ts';
import { methodPath } from '../loadtest/load/start-echo.ts';
import { temporaryFolder } from '../loadtest/load/temporary-folder.ts';
import { smallWidths } from './bench-model.ts';
import type { GrpcClientAnswer, GrpcClientOrder } from './grpc-client-process.ts';
import { interleave, medianFigures } from './interleave.ts';
import type { Part, PartOptions, PartResult, Row } from './part.ts';
import { ServingPeer } from './serving-peer.ts';
import { encodeRequest, inferMethod, rowsRequest } from './v2-messages.ts';

const inFlight = 32;
const cells = [
  { path: 'V2 unary, small', key: 'modelInfer', isStream: false },
  { path: 'V2 stream, small', key: 'modelStreamInfer', isStream: true },
] as const;

/** The same requests in unary calls and on one stream, from the same grpc-js client over one connection. */
export const streamPart: Part = {
  name: 'stream',
  keys: [],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    using folder = temporaryFolder();
    const model = { name: 'small', widths: smallWidths };
    await using serving = await ServingPeer.start(folder.path, [model], signal);
    using client = new ChildPeer(new URL('./grpc-client-process.js', import.meta.url));
    const requestFile = join(folder.path, 'request');
    writeFileSync(requestFile, encodeRequest(rowsRequest('small', 1, smallWidths[0] ?? 0)));
    const { address } = serving;
    const durationMs = options.secondsPerRound * 1_000;
    const measure = async ({ key, isStream }: (typeof cells)[number]) => {
      const path = methodPath(inferMethod.service, key);
      const round: GrpcClientOrder = {
        address,
        path,
        requestFile,
        isStream,
        inFlight,
        durationMs,
      };
      return (await client.ask(round, signal)) as GrpcClientAnswer;
    };
    const results = await interleave(cells, measure, options);
    const rows = cells.map(({ path }, index) => rowOf(path, results[index] ?? []));
    return { figures: {}, rows, notes: [] };
  },
};

function rowOf(path: string, answers: readonly GrpcClientAnswer[]): Row {
  const { callsPerSecond, p50Us, p99Us, calls } = medianFigures(
    answers.map(({ figures }) => figures),
  );
  return {
    backend: 'onnxruntime',
    path,
    batch: 1,
    threads: 1,
    inFlight,
    rowsPerSecond: callsPerSecond,
    p50Us,
    p99Us,
    calls,
  };
}
