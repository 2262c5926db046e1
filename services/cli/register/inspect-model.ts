import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ArtifactFormat } from '../../shared/compute/artifact-format.ts';
import { isDataType } from '../../shared/compute/tensor/data-type.ts';
import type { TensorSpec } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ModelSignature } from '../../shared/platform/inference/onnx-signature.ts';

/** What the process that opens a model tells of it. */
export type InspectionMessage =
  | ({ readonly kind: 'signature' } & ModelSignature)
  | { readonly kind: 'failed'; readonly message: string };

/** A model in one file. */
export interface InspectedFile {
  readonly path: string;
  readonly format: ArtifactFormat;
  /** How the file is called in messages. */
  readonly name: string;
}

// 2 min: a model of 2 GB is read and optimized in some seconds; what takes longer does not end.
const inspectionMsMax = 120_000;

/**
 * Opens a model in a process of its own and gives what it takes and gives: a file that takes its parser down takes nothing else with it.
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED when it can't be opened, or to open it crashed or took too long
 * @throws the reason of `signal` when it aborts
 */
export async function inspectModel(
  { path, format, name }: InspectedFile,
  signal: AbortSignal,
): Promise<ModelSignature> {
  signal.throwIfAborted();
  const timeout = AbortSignal.timeout(inspectionMsMax);
  const either = AbortSignal.any([signal, timeout]);
  const module = fileURLToPath(new URL('./inspect-process.js', import.meta.url));
  const child = fork(module, [path, format], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  let told: InspectionMessage | undefined;
  child.on('message', (value) => {
    told = parseMessage(value);
  });
  const end = (): void => void child.kill('SIGKILL');
  either.addEventListener('abort', end, { once: true });
  try {
    const how = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, killedBy) => resolve(killedBy ?? `exit status ${status}`));
    });
    signal.throwIfAborted();
    if (timeout.aborted) throw unsupported(name, `it was not open after ${inspectionMsMax} ms`);
    if (told === undefined) throw unsupported(name, `the process that opened it ended with ${how}`);
    if (told.kind === 'failed') throw unsupported(name, told.message);
    return { inputs: told.inputs, outputs: told.outputs };
  } finally {
    either.removeEventListener('abort', end);
  }
}

/** Reads a message; undefined for what is none, as of a parser that was taken over. */
function parseMessage(value: unknown): InspectionMessage | undefined {
  const fields = fieldsOf(value);
  const { kind, message } = fields;
  if (kind === 'failed' && typeof message === 'string') return { kind, message };
  const inputs = tensorsOf(fields['inputs']);
  const outputs = tensorsOf(fields['outputs']);
  if (kind !== 'signature' || inputs === undefined || outputs === undefined) return undefined;
  return { kind, inputs, outputs };
}

function tensorsOf(value: unknown): readonly TensorSpec[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const specs = value.flatMap((item: unknown) => {
    const { name, dataType, shape } = fieldsOf(item);
    const isSpec = typeof name === 'string' && typeof dataType === 'string' && isDataType(dataType);
    if (!isSpec || !Array.isArray(shape)) return [];
    return [{ name, dataType, shape: shape.map(Number) }];
  });
  return specs.length === value.length ? specs : undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function unsupported(name: string, what: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `wanted a model that can be served, got ${name}: ${what}`,
  });
}
