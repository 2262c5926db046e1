import type { Clock } from '../../kernel/clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { type DurationMs, durationMs, type MonotonicMs, monotonicMs } from '../../kernel/units.ts';
import { BoundedFifo } from '../../policy/bounded-fifo.ts';
import { LatencyWindow } from '../../policy/latency-window.ts';
import { createRetryBudget } from '../../policy/retry-budget.ts';
import type { PendingItem } from './pending-item.ts';

/** When an item that has no answer yet is sent to a second replica as well. */
export interface HedgeOptions {
  /** After so many ms, or when 95 % of the last answers would have come. */
  readonly after: DurationMs | 'p95';
  /** Share of the items that may be sent twice, in (0, 1]. */
  readonly shareMax: number;
}

/** What hedging did since the start. */
export interface HedgeFigures {
  /** Items that were sent to a second replica. */
  readonly itemsHedged: number;
  /** Of those, the ones that the second replica answered first. */
  readonly hedgesWon: number;
}

/** An item that may be under way at two replicas. */
interface Race<Item, Result> {
  readonly pending: PendingItem<Item, Result>;
  readonly onSettled: PendingItem<Item, Result>['onSettled'];
  /** Replica that was asked first. */
  readonly index: number;
  readonly dueAt: MonotonicMs;
  underWay: number;
  isDone: boolean;
}

// Items between their start and the time when they would be hedged: more than a router has under way.
const racesMax = 65_536;
const latenciesMax = 1_024;
const guessMs = durationMs(20); // until 64 answers are known
const hedgesSavedMax = 10; // few: what is slow for many at once is no chance of one replica

/**
 * Sends an item to a second replica when the first takes longer than nearly all do, and gives whichever answer comes first; the other one is
 * dropped. Bounded as a share of the items, so that a service that is slow as a whole is not asked twice as much.
 * @source https://cacm.acm.org/research/the-tail-at-scale/ (hedged requests); there the second request is cancelled when the first is answered
 */
export class Hedger<Item, Result> implements HedgeFigures {
  readonly #after: HedgeOptions['after'];
  readonly #clock: Clock;
  readonly #askAgain: (pending: PendingItem<Item, Result>, except: number) => boolean;
  readonly #races = new BoundedFifo<Race<Item, Result>>(racesMax);
  readonly #latencies = new LatencyWindow(latenciesMax, 0.95, guessMs);
  readonly #budget: ReturnType<typeof createRetryBudget>;
  #timer: NodeJS.Timeout | undefined;
  #itemsHedged = 0;
  #hedgesWon = 0;

  /** `askAgain` gives an item to a replica other than `except`; false when none takes it. */
  constructor(
    { after, shareMax }: HedgeOptions,
    clock: Clock,
    askAgain: (pending: PendingItem<Item, Result>, except: number) => boolean,
  ) {
    this.#after = after;
    this.#clock = clock;
    this.#askAgain = askAgain;
    this.#budget = createRetryBudget({ retriesPerCall: shareMax, retriesMax: hedgesSavedMax });
  }

  get itemsHedged(): number {
    return this.#itemsHedged;
  }

  get hedgesWon(): number {
    return this.#hedgesWon;
  }

  /** Gives the item to send in place of `pending`, which is for replica `index`. */
  race(pending: PendingItem<Item, Result>, index: number): PendingItem<Item, Result> {
    this.#budget.deposit();
    const startedAt = this.#clock.monotonic();
    const afterMs = this.#after === 'p95' ? this.#latencies.value : this.#after;
    const first: PendingItem<Item, Result> = {
      ...pending,
      onSettled: (error, result) => {
        // How long the first replica takes counts, answered in time or not: what wins a race is quicker than that.
        if (error === undefined || error.reason === 'DEADLINE_PASSED') {
          this.#latencies.add(durationMs(this.#clock.monotonic() - startedAt));
        }
        settle(race, error, result);
      },
    };
    const race: Race<Item, Result> = {
      pending,
      onSettled: pending.onSettled,
      index,
      dueAt: monotonicMs(startedAt + afterMs),
      underWay: 1,
      isDone: false,
    };
    if (this.#races.push(race) && this.#timer === undefined) this.#arm(afterMs);
    return first;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#races.clear();
  }

  #arm(afterMs: number): void {
    this.#timer = setTimeout(this.#look, Math.max(1, Math.ceil(afterMs)));
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let race = this.#races.peek(); race !== undefined; race = this.#races.peek()) {
      if (!race.isDone && race.dueAt > now) {
        this.#arm(race.dueAt - now);
        return;
      }
      this.#races.shift();
      if (!race.isDone && race.pending.deadline > now) this.#hedge(race);
    }
  };

  #hedge(race: Race<Item, Result>): void {
    if (!this.#budget.withdraw()) return;
    const second: PendingItem<Item, Result> = {
      ...race.pending,
      // It fails where it fails: there is another one under way.
      attempts: Number.POSITIVE_INFINITY,
      onSettled: (error, result) => {
        if (error === undefined && !race.isDone) this.#hedgesWon += 1;
        settle(race, error, result);
      },
    };
    race.underWay += 1;
    if (this.#askAgain(second, race.index)) this.#itemsHedged += 1;
    else race.underWay -= 1;
  }
}

/** The first answer wins; an error counts when nothing else is under way. */
function settle<Item, Result>(
  race: Race<Item, Result>,
  error: MeshError | undefined,
  result: Result | undefined,
): void {
  race.underWay -= 1;
  if (race.isDone || (error !== undefined && race.underWay > 0)) return;
  race.isDone = true;
  race.onSettled(error, result);
}
