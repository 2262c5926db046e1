import { binnedKsTest } from '../../services/monitor/core/statistics/binned-ks.ts';
import { kishSampleSize } from '../../services/monitor/core/statistics/effective-sample-size.ts';
import { EntityMoments } from '../../services/monitor/core/statistics/entity-moments.ts';
import { countBins, quantileEdges } from '../../services/shared/compute/profile-bins.ts';
import type { Random } from '../../services/shared/kernel/clock.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { zipfDraws } from './draws.ts';
import type { SimOptions, SimPart } from './sim-part.ts';

// Ten times the window: of a smaller reference what is by chance odd in it alarms in every window.
const referenceRows = 10_000;
const windowRows = 1_000;
const alpha = 0.05;

/** A window without drift: its values, the rows that each entity has, and what the monitor takes for its size. */
interface NullWindow {
  readonly values: Float64Array;
  readonly effectiveRows: number;
}

/** Each entity has its value for the whole window, as a feature of an entity has. */
const loads: Readonly<Record<string, (random: Random) => () => number>> = {
  twice: alike(2),
  five_times: alike(5),
  ten_times: alike(10),
  zipf: (random) => zipfDraws(random, 5_000),
};

/** False alarms of the binned Kolmogorov-Smirnov test at nominal 5 %, each window against a reference of its own. */
export const ksPart: SimPart = {
  name: 'ks',
  keys: ['ks_false_alarm', 'ks_false_alarm_repeats', 'ks_false_alarm_rows'],
  run: (options) => {
    const all = Object.entries(loads);
    const parts = all.length + 1;
    const step = (index: number): SimOptions => ({
      ...options,
      advance: (share) => options.advance((index + share) / parts),
    });
    const once = falseAlarms(step(0), (random) => ({
      values: Float64Array.from({ length: windowRows }, () => random.next()),
      effectiveRows: windowRows,
    }));
    const repeated = all.map(([name, entitiesOf], index) => {
      const found = falseAlarms(step(index + 1), (random) => windowOf(random, entitiesOf(random)));
      return { name, ...found };
    });
    const most = (shares: readonly number[]) =>
      shares.reduce((one, other) => Math.max(one, other), 0);
    return {
      ks_false_alarm: once.share,
      ks_false_alarm_repeats: most(repeated.map(({ share }) => share)),
      // What a test that counts requests would have said.
      ks_false_alarm_rows: most(repeated.map(({ rowsShare }) => rowsShare)),
      ...Object.fromEntries(repeated.map(({ name, share }) => [`ks_false_alarm_${name}`, share])),
      ...Object.fromEntries(
        repeated.map(({ name, rowsShare }) => [`ks_false_alarm_rows_${name}`, rowsShare]),
      ),
    };
  },
};

function alike(requests: number): (random: Random) => () => number {
  return () => {
    let drawn = 0;
    return () => Math.floor(drawn++ / requests);
  };
}

function windowOf(random: Random, drawEntity: () => number): NullWindow {
  const requests = new Map<number, number>();
  const valueByEntity = new Map<number, number>();
  const moments = new EntityMoments();
  const hash = random.next() * 2 ** 32;
  const values = Float64Array.from({ length: windowRows }, () => {
    const entity = drawEntity();
    requests.set(entity, (requests.get(entity) ?? 0) + 1);
    moments.add(hash | 0, entity);
    const value = valueByEntity.get(entity) ?? random.next();
    valueByEntity.set(entity, value);
    return value;
  });
  const [exact, estimate] = [kishSampleSize(requests.values()), moments.effectiveRows()];
  // A sketch that is far off would make the figure a figure of something else.
  if (Math.abs(estimate / exact - 1) > 0.25) throw new Error(`${estimate} rows, wanted ${exact}`);
  return { values, effectiveRows: estimate };
}

function falseAlarms(
  { seed, runs, advance }: SimOptions,
  draw: (random: Random) => NullWindow,
): { readonly share: number; readonly rowsShare: number } {
  const random = seededRandom(seed);
  let [alarms, rowsAlarms] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const reference = Float64Array.from({ length: referenceRows }, () => random.next()).sort();
    const edges = quantileEdges(reference, 128);
    const { values, effectiveRows } = draw(random);
    const [expected, counts] = [countBins(edges, reference), countBins(edges, values)];
    const isAlarm = (rows: number) =>
      binnedKsTest(expected, counts, { referenceRows, effectiveRows: rows }).pValue < alpha;
    if (isAlarm(effectiveRows)) alarms += 1;
    if (isAlarm(windowRows)) rowsAlarms += 1;
    advance((run + 1) / runs);
  }
  return { share: alarms / runs, rowsShare: rowsAlarms / runs };
}
