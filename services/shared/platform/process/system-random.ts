import type { Random } from '../../kernel/clock.ts';

/** The chance of this machine. */
export const systemRandom: Random = { next: () => Math.random() };
