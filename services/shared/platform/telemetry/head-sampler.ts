import type { Random } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';

/**
 * Gives a decision for the head of a trace: true with probability `rate`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when the rate is not in [0, 1].
 */
export function headSampler(rate: number, random: Random): () => boolean {
  if (!(rate >= 0 && rate <= 1)) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CONFIG',
      message: `wanted a rate of sampled traces from 0 to 1, got ${rate}`,
    });
  }
  if (rate === 0) return () => false;
  if (rate === 1) return () => true;
  return () => random.next() < rate;
}
