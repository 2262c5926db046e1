import { median } from '../load/order-statistics.ts';
import { loadHead, loadNotes, loadRow, type Part } from './part.ts';

/** What the hops of a prediction add to a bare call, at half of what the mesh can do. */
export const hopsPart: Part = {
  name: 'hops',
  keys: ['hops_added_p50_ms'],
  async run({ load, capacity, echoAddress }, { rounds, secondsPerRound }) {
    const rate = capacity / 2;
    const added: number[] = [];
    const table: (readonly string[])[] = [loadHead];
    const notes: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const echo = await load({
        rate,
        seconds: secondsPerRound,
        address: echoAddress,
        seed: round,
      });
      const full = await load({ rate, seconds: secondsPerRound, seed: round });
      added.push(full.ok.p50_ms - echo.ok.p50_ms);
      table.push(loadRow('bare echo', echo), loadRow('Predict, whole path', full));
      notes.push(...loadNotes('echo', echo), ...loadNotes('full', full));
    }
    return { values: { hops_added_p50_ms: median(added) }, table, notes };
  },
};
