import type { IngestRequest } from '../../services/gen/mlmesh/feature/v1/IngestRequest.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { type FeatureTester, type Flight, ingestRequest } from '../support/feature-tester.ts';

/** A flight's delay is known six hours after its date: deploy/flights/flights-mesh.ts. */
const visibleAfterMs = 6 * 3_600_000;

/** Events that come late arrive up to two days after the others of their time. */
const lateByMsMax = 48 * 3_600_000;

/** What a feed is made of. */
export interface FeedOptions {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Share of the events that come late. */
  readonly lateShare: number;
  readonly batchRows: number;
  readonly seed: number;
}

/** The events of a time, in the order in which they arrive: as they become visible, but for the late ones. */
export interface EventFeed {
  readonly flights: readonly Flight[];
  /** Newest visible time up to each batch, epoch ms. */
  readonly newestMs: readonly number[];
  readonly batches: readonly IngestRequest[];
  /** Events that arrive late. */
  readonly late: number;
}

/** Reads the events of a time out of the service's own warehouse file and puts them in the order of their arrival. */
export async function readFeed(tester: FeatureTester, options: FeedOptions): Promise<EventFeed> {
  const random = seededRandom(options.seed);
  const arrivals: { readonly flight: Flight; readonly atMs: number; readonly isLate: boolean }[] =
    [];
  for (const flight of await tester.flights(options.fromMs, options.untilMs)) {
    const isLate = random.next() < options.lateShare;
    const lateByMs = isLate ? random.next() * lateByMsMax : 0;
    arrivals.push({ flight, atMs: flight.date + visibleAfterMs + lateByMs, isLate });
  }
  arrivals.sort((left, right) => left.atMs - right.atMs);
  const flights = arrivals.map(({ flight }) => flight);
  const batches: IngestRequest[] = [];
  const newestMs: number[] = [];
  let newest = options.fromMs;
  for (let from = 0; from < flights.length; from += options.batchRows) {
    const part = flights.slice(from, from + options.batchRows);
    batches.push(ingestRequest(batches.length + 1, part));
    for (const { date } of part) newest = Math.max(newest, date + visibleAfterMs);
    newestMs.push(newest);
  }
  return { flights, newestMs, batches, late: arrivals.filter(({ isLate }) => isLate).length };
}

/** A batch of questions about flights that are about to be known, at times around `nowMs`. */
export function askAround(
  feed: EventFeed,
  {
    nowMs,
    rows,
    random,
  }: {
    readonly nowMs: number;
    readonly rows: number;
    readonly random: ReturnType<typeof seededRandom>;
  },
): { readonly keys: string[]; readonly atMs: Buffer } {
  const keys: string[] = [];
  const times = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const flight = feed.flights[Math.floor(random.next() * feed.flights.length)];
    keys.push(flight?.origin ?? '', flight?.destination ?? '');
    // From half a day back, where late events still arrive, to three hours ahead of what is known; some exactly at an event.
    const aroundMs = nowMs + Math.floor((random.next() * 15 - 12) * 3_600_000);
    times[row] = row % 8 === 0 ? nowMs : aroundMs;
  }
  return { keys, atMs: Buffer.from(times.buffer) };
}

/** Gives how many cells of an answer were computed from events. */
export function presentCells(statuses: Uint8Array): number {
  return statuses.reduce((sum, status) => sum + (status === 0 ? 1 : 0), 0);
}
