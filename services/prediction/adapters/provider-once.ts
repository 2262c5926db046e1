import type { Logger } from '../../shared/kernel/logger.ts';
import {
  chooseProvider,
  type ExecutionProvider,
  type ProviderWish,
} from '../../shared/platform/inference/execution-provider.ts';
import { probeCuda } from '../../shared/platform/inference/probe-cuda.ts';

/** Gives what decides where models run: it tries CUDA when it is first asked, and logs the outcome. */
export function providerOnce(
  wish: ProviderWish,
  log: Pick<Logger, 'info'>,
): () => Promise<ExecutionProvider> {
  let decision: Promise<ExecutionProvider> | undefined;
  return () => {
    decision ??= decide(wish, log);
    return decision;
  };
}

async function decide(wish: ProviderWish, log: Pick<Logger, 'info'>): Promise<ExecutionProvider> {
  const probe = wish === 'cpu' ? undefined : await probeCuda();
  const chosen = chooseProvider(wish, probe);
  log.info('execution-provider', { provider: chosen.name, why: chosen.why });
  return chosen;
}
