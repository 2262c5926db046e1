import { modelName } from '../bench/flight-frames.ts';
import type { OpenLoadReport } from '../load/open-load.ts';
import { median } from '../load/order-statistics.ts';
import {
  type FrontDoor,
  loadHead,
  loadNotes,
  loadRow,
  type Part,
  type PartOptions,
} from './part.ts';
import { registerSlowVersion } from './slow-shadow.ts';

const slowAlias = 'shadow-slow';
const readyMsMax = 60_000;

/** What shadows of all traffic cost callers, and what one costs that thinks for seconds about each call. */
export const shadowPart: Part = {
  name: 'shadow',
  keys: ['shadow_p99_delta_ms', 'hung_shadow_p99_delta_ms', 'off_off_p99_delta_ms'],
  async run(door, options, signal) {
    await pause(door, true, signal);
    const sound = await compare(door, options, 'shadow', signal);
    const version = await pointSlow(door, signal);
    const slow = await compare(door, options, 'slow shadow', signal);
    const reason = 'it was there for the benchmark';
    await door.connection.registry.quarantine({ model: modelName, version, reason }, { signal });
    await pause(door, false, signal);
    return {
      values: {
        shadow_p99_delta_ms: median(sound.deltas),
        hung_shadow_p99_delta_ms: median(slow.deltas),
        off_off_p99_delta_ms: median([...sound.offDeltas, ...slow.offDeltas]),
      },
      table: [loadHead, ...sound.rows, ...slow.rows],
      notes: [
        ...sound.notes,
        ...slow.notes,
        'p99 with the shadow less that without, median of the rounds; off_off: between two rounds without, whichever sign',
      ],
    };
  },
};

interface Compared {
  readonly deltas: number[];
  readonly offDeltas: number[];
  readonly rows: (readonly string[])[];
  readonly notes: string[];
}

/** Rounds with shadows and without take turns; where a round begins moves on. */
async function compare(
  door: FrontDoor,
  { rounds, secondsPerRound }: PartOptions,
  name: string,
  signal: AbortSignal,
): Promise<Compared> {
  const compared: Compared = { deltas: [], offDeltas: [], rows: [], notes: [] };
  const measure = async (isOn: boolean, seed: number): Promise<OpenLoadReport> => {
    await pause(door, !isOn, signal);
    const report = await door.load({ rate: door.capacity / 2, seconds: secondsPerRound, seed });
    const label = isOn ? name : `no ${name}`;
    compared.rows.push(loadRow(label, report));
    compared.notes.push(...loadNotes(label, report));
    return report;
  };
  for (let round = 1; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? [true, false, false] : [false, false, true];
    const found: { readonly isOn: boolean; readonly p99: number }[] = [];
    for (const isOn of order) {
      found.push({ isOn, p99: (await measure(isOn, round)).ok.p99_ms });
    }
    const on = found.filter(({ isOn }) => isOn).map(({ p99 }) => p99);
    const [first = Number.NaN, second = Number.NaN] = found
      .filter(({ isOn }) => !isOn)
      .map(({ p99 }) => p99);
    compared.deltas.push((on[0] ?? Number.NaN) - (first + second) / 2);
    compared.offDeltas.push(Math.abs(first - second));
  }
  return compared;
}

async function pause(
  { connection }: FrontDoor,
  isShadowPaused: boolean,
  signal: AbortSignal,
): Promise<void> {
  const reason = 'the benchmark compares';
  const change = { model: modelName, expectedGeneration: -1, reason, isShadowPaused };
  await connection.registry.setTraffic(change, { signal });
  // The routers hear of it within a moment.
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** Gives the version that is a shadow now, once it is ready. */
async function pointSlow({ connection }: FrontDoor, signal: AbortSignal): Promise<number> {
  const { models } = await connection.router.getRouting({ model: modelName }, { signal });
  const like = models[0]?.productionVersion ?? 0;
  const version = await registerSlowVersion(connection, like, signal);
  const reason = 'the benchmark compares';
  const move = { model: modelName, alias: slowAlias, version, expectedGeneration: -1, reason };
  await connection.registry.promote(move, { signal });
  const until = performance.now() + readyMsMax;
  for (;;) {
    const { servables } = await connection.prediction.modelStatus({}, { signal });
    const slow = servables.find((servable) => servable.version === version);
    if (slow?.state === 'SERVABLE_STATE_READY') return version;
    if (performance.now() > until)
      throw new Error(`the slow shadow is ${slow?.state ?? 'missing'}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
