import { readFile } from 'node:fs/promises';
import { MeshError } from '../../kernel/mesh-error.ts';
import { systemClock } from '../process/system-clock.ts';
import type { InferenceWorkerData } from './inference-protocol.ts';
import type { LoadedModel } from './model-spec.ts';
import type { ModelFormats } from './serve-inference.ts';
import { warmUp, zeroInputs } from './warm-up.ts';

/** How long a model is run to be weighed: until both are reached, or the time is over. */
export interface WeighRequest {
  readonly callsMin: number;
  readonly forMsMin: number;
  readonly forMsMax: number;
}

/** What a model needed in a process of its own. Plain data. */
export interface WeighedModel {
  /** Runtime that ran it. */
  readonly backend: string;
  /** Resident memory of the process with one session that had run, before a second one was opened: what the runtime takes anyway is in it. */
  readonly baseBytes: number;
  /** The same when the second one was open and warm. */
  readonly openBytes: number;
  /** The most that it was from then on. */
  readonly peakBytes: number;
  /** Calls of the second session, of one row of zeros each, 0 where it takes none; the time that they took, and that of the processors. */
  readonly calls: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * Opens a model in this process twice, runs it on zeros, and says what memory and time the second session took: the first one has the runtime load its libraries and its heap grow, which sessions of a service share. A process weighs one model.
 * @throws {MeshError} FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED and what opening it throws
 */
export async function weighModel(
  { spec, artifact }: InferenceWorkerData,
  formats: ModelFormats,
  request: WeighRequest,
): Promise<WeighedModel> {
  const format = formats[spec.format];
  if (format === undefined || artifact.kind !== 'file') {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'ARTIFACT_UNSUPPORTED',
      message: `wanted a file of ${Object.keys(formats).join(' or ')} to weigh ${spec.name}, got ${artifact.kind} of '${spec.format}'`,
    });
  }
  const openModel = await format();
  const inputs = zeroInputs(spec, 1);
  const open = async () => {
    const model = await openModel(await readFile(artifact.path), spec);
    await warmUp(model, spec);
    return model;
  };
  const first = await open();
  await runFor(first, inputs, request);
  const [baseBytes, mostBefore] = [process.memoryUsage.rss(), peakRss()];
  const second = await open();
  const openBytes = process.memoryUsage.rss();
  const ran = await runFor(second, inputs, request);
  const most = peakRss();
  const peakBytes = Math.max(openBytes, process.memoryUsage.rss(), most > mostBefore ? most : 0);
  const { backend } = second;
  await Promise.all([first.release(), second.release()]);
  return { backend, baseBytes, openBytes, peakBytes, ...ran };
}

/** The kernel counts KiB. */
function peakRss(): number {
  return process.resourceUsage().maxRSS * 1_024;
}

async function runFor(
  model: LoadedModel,
  inputs: ReturnType<typeof zeroInputs>,
  { callsMin, forMsMin, forMsMax }: WeighRequest,
): Promise<Pick<WeighedModel, 'calls' | 'wallMs' | 'cpuMs'>> {
  const startedMs = systemClock.monotonic();
  const before = process.cpuUsage();
  const elapsedMs = () => systemClock.monotonic() - startedMs;
  let calls = 0;
  while (elapsedMs() < forMsMax && (calls < callsMin || elapsedMs() < forMsMin)) {
    try {
      await model.run(inputs);
    } catch (error) {
      // Zeros may be nothing that it takes; one that has taken them does so again.
      if (calls === 0) return { calls, wallMs: 0, cpuMs: 0 };
      throw error;
    }
    calls += 1;
  }
  const { user, system } = process.cpuUsage(before);
  return { calls, wallMs: elapsedMs(), cpuMs: (user + system) / 1_000 };
}
