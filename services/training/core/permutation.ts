import type { Random } from '../../shared/kernel/clock.ts';

/** Shuffles in place. @source Fisher-Yates in the form of Durstenfeld 1964 */
export function shuffle(order: Uint32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
}
