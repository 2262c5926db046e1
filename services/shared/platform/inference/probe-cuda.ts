import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { messageOf } from '../../kernel/mesh-error.ts';
import type { CudaProbe } from './execution-provider.ts';

/** File name of the library that has ONNX Runtime run models on CUDA. */
export const cudaProviderFile = 'libonnxruntime_providers_cuda.so';

/** Gives the folder in which ONNX Runtime looks for the libraries of its providers. */
export function onnxRuntimeFolder(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const { platform, arch } = process;
  return join(dirname(entry), '..', 'bin', 'napi-v6', platform, arch);
}

/** Read by cuBLAS and cuDNN when they are loaded; onnxruntime-node passes no option for it on. */
const tf32Variable = 'NVIDIA_TF32_OVERRIDE';

/**
 * Runs a model of one matrix product on CUDA. From then on products of float32 keep all of its 24 bits in this process, as on the
 * CPU, unless the environment says otherwise: with TF32, which has 11, an answer would depend on the rows that share its call.
 * Blocks the thread for about a second where CUDA works, and for nothing where its
 * provider is not there.
 */
export async function probeCuda(): Promise<CudaProbe> {
  const path = join(onnxRuntimeFolder(), cudaProviderFile);
  if (!existsSync(path)) return { kind: 'absent', path };
  process.env[tf32Variable] ??= '0';
  // Loaded by need alone: a process that runs its models on threads has no use for it.
  const onnx = await import('onnxruntime-node');
  try {
    const session = await onnx.InferenceSession.create(Buffer.from(probeModel, 'base64'), {
      executionProviders: [{ name: 'cuda', deviceId: 0 }],
    });
    try {
      const features = new onnx.Tensor('float32', [1], [1, 1]);
      return checked((await session.run({ features }))['probability']);
    } finally {
      await session.release();
    }
  } catch (error) {
    return { kind: 'failed', message: firstSentence(messageOf(error)) };
  }
}

function checked(probability: Tensor | undefined): CudaProbe {
  const [value] = probability?.data ?? [];
  // The sigmoid of 0.5 x 1; half a per mille is more than any GPU's exp is off.
  if (typeof value === 'number' && Math.abs(value - 0.622_459) < 5e-4) return { kind: 'ready' };
  return { kind: 'failed', message: `wanted 0.622459 from a matrix product, got ${String(value)}` };
}

/** ONNX Runtime says where in its source it failed, at length, and then what failed. */
function firstSentence(message: string): string {
  const cause = /CUDA failure \d+: [^;]+|with error: .+/.exec(message)?.[0] ?? message;
  return cause.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}

/** What `writeOnnx` makes of a network of one input with the weight 0.5, no bias and a sigmoid. */
const probeModel =
  'CAgSBm1sbWVzaBgBOtgBCjMKCGZlYXR1cmVzCgl3ZWlnaHRzXzAKBmJpYXNfMBIFc3VtXzAaB2RlbnNlXzAiBEdlbW' +
  '0KKAoFc3VtXzASC3Byb2JhYmlsaXR5GglzaWdtb2lkXzAiB1NpZ21vaWQSBXByb2JlKhcIAQgBEAFCCXdlaWdodHNf' +
  'MEoEAAAAPyoSCAEQAUIGYmlhc18wSgQAAAAAWh8KCGZlYXR1cmVzEhMKEQgBEg0KBxIFYmF0Y2gKAggBYiIKC3Byb2' +
  'JhYmlsaXR5EhMKEQgBEg0KBxIFYmF0Y2gKAggBQgIQEXIOCgVtb2RlbBIFcHJvYmU=';
