import { cusumStart, stepCusum } from '../../services/monitor/core/statistics/cusum.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { normalDraws } from './draws.ts';
import type { SimPart } from './sim-part.ts';

/** Windows until the cumulative sum of window means alarms: where nothing has changed, and after a shift. */
export const cusumPart: SimPart = {
  name: 'cusum',
  keys: ['cusum_run_length', 'cusum_shift_1std', 'cusum_shift_2std'],
  run: ({ seed, runs, advance }) => {
    // 20 times: run lengths vary by as much as they are long, and their mean is wanted to 0.5 %.
    const repeats = runs * 20;
    const mean = (shift: number, index: number) => {
      const draw = normalDraws(seededRandom(seed + index));
      let windows = 0;
      for (let run = 0; run < repeats; run += 1) {
        windows += runLength(draw, shift);
        if (run % 500 === 0) advance((index + run / repeats) / 3);
      }
      return windows / repeats;
    };
    return {
      cusum_run_length: mean(0, 0),
      cusum_shift_1std: mean(1, 1),
      cusum_shift_2std: mean(2, 2),
    };
  },
};

function runLength(draw: () => number, shift: number): number {
  let state = cusumStart;
  for (let windows = 1; ; windows += 1) {
    const step = stepCusum(state, draw() + shift);
    if (step.alarm !== undefined) return windows;
    state = step.state;
  }
}
