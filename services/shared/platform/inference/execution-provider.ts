import { MeshError } from '../../kernel/mesh-error.ts';

/** Where ONNX Runtime can run a model. */
export type ExecutionProviderName = 'cpu' | 'cuda';

/** What an operator may ask for; `auto` takes CUDA where it works. */
export const providerWishes = ['auto', 'cpu', 'cuda'] as const;

/** One of {@link providerWishes}. */
export type ProviderWish = (typeof providerWishes)[number];

/** What trying CUDA came to. */
export type CudaProbe =
  | { readonly kind: 'ready' }
  /** The library of the provider is not where ONNX Runtime looks for it. */
  | { readonly kind: 'absent'; readonly path: string }
  /** It is there, and no model runs on it: the driver, a library of CUDA or the GPU is missing or too old. */
  | { readonly kind: 'failed'; readonly message: string };

/** Where models run, and why there. */
export interface ExecutionProvider {
  readonly name: ExecutionProviderName;
  readonly why: string;
}

/**
 * Decides where models run; `probe` is undefined where nobody tried, since the CPU was asked for.
 * @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when CUDA is asked for and does not work.
 */
export function chooseProvider(
  wish: ProviderWish,
  probe: CudaProbe | undefined,
): ExecutionProvider {
  if (wish === 'cpu' || probe === undefined)
    return { name: 'cpu', why: 'the option executionProvider says so' };
  if (probe.kind === 'ready') return { name: 'cuda', why: 'a model ran on it' };
  if (wish === 'auto') return { name: 'cpu', why: problemOf(probe) };
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `wanted CUDA, as the option executionProvider says, but ${problemOf(probe)}; run \`npm run setup:gpu\`, or leave the option out`,
  });
}

/** Says why CUDA is not used, in one clause. */
export function problemOf(probe: Exclude<CudaProbe, { readonly kind: 'ready' }>): string {
  switch (probe.kind) {
    case 'absent':
      return `the CUDA provider of ONNX Runtime is not at ${probe.path}`;
    case 'failed':
      return `no model runs on CUDA: ${probe.message}; \`npm run setup:gpu -- --check\` says what is missing`;
  }
}

/** Gives how answers, spans and logs name the runtime. */
export function onnxBackend(provider: ExecutionProviderName): string {
  return `onnxruntime-${provider}`;
}
