import { setTimeout as delay } from 'node:timers/promises';
import type { ModelInferRequest } from '../../services/gen/inference/ModelInferRequest.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService } from '../../services/shared/platform/grpc/client.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

// A program: asks a prediction service in a process of its own, so that what else a test does makes no answer look late.

/** A load to send to the `late` model of 256 columns. */
export interface InferLoad {
  readonly address: string;
  /** Requests a second, whatever became of those before; 0 keeps 32 under way instead. */
  readonly perSecond: number;
  readonly forMs: number;
  /** Longest that an answer may take, microseconds. */
  readonly timeoutUs: number;
}

/** What came of one request. */
export interface InferAnswer {
  /** When it was due, milliseconds after the load began. */
  readonly dueMs: number;
  /** From the moment when it was due, whatever became of those before it. */
  readonly tookMs: number;
  readonly version: string;
}

/** Answers in the order in which they came. */
export interface InferLoadReport {
  readonly answers: readonly InferAnswer[];
}

async function run({ address, perSecond, forMs, timeoutUs }: InferLoad): Promise<InferLoadReport> {
  const client = connectService('inference.GRPCInferenceService', [address], {
    clock: systemClock,
    connectMsMax: durationMs(30_000),
    timeoutMs: durationMs(30_000),
  });
  const request: ModelInferRequest = {
    modelName: 'late',
    parameters: { timeout: { int64Param: String(timeoutUs) } },
    inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 256] }],
    rawInputContents: [Buffer.from(new Float32Array(256).fill(0.5).buffer)],
  };
  const answers: InferAnswer[] = [];
  const ask = async (dueAt: number) => {
    const { modelVersion } = await client.modelInfer(request);
    answers.push({
      dueMs: dueAt - begunAt,
      tookMs: performance.now() - dueAt,
      version: modelVersion,
    });
  };
  const begunAt = performance.now();
  const askOn = async () => {
    while (performance.now() - begunAt < forMs) await ask(performance.now());
  };
  try {
    if (perSecond === 0) await Promise.all(Array.from({ length: 32 }, askOn));
    else await Promise.all(await askWhenDue(ask, begunAt, { perSecond, forMs }));
  } finally {
    client.close();
  }
  return { answers };
}

/** Sends each request when it is due; gives their answers as promises. */
async function askWhenDue(
  ask: (dueAt: number) => Promise<void>,
  begunAt: number,
  { perSecond, forMs }: Pick<InferLoad, 'perSecond' | 'forMs'>,
): Promise<readonly Promise<void>[]> {
  const asked: Promise<void>[] = [];
  for (let sent = 0; performance.now() - begunAt < forMs; await delay(1)) {
    const due = Math.floor(((performance.now() - begunAt) / 1_000) * perSecond);
    for (; sent < due; sent += 1) {
      const answered = ask(begunAt + (sent / perSecond) * 1_000);
      // One that fails is told of at the end, with all.
      answered.catch(() => undefined);
      asked.push(answered);
    }
  }
  return asked;
}

process.on('message', (load: InferLoad) => {
  run(load).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
