import type { LoadResult } from '../load/load.ts';
import { median } from '../load/order-statistics.ts';
import type { MeshWork } from './mesh-work.ts';

/** One measured round of load against one of the two servers. */
export interface Round {
  readonly target: 'echo' | 'full';
  /** Requests in flight, over all connections. */
  readonly inFlight: number;
  readonly load: LoadResult;
  /** CPU of each server process during the round, in ms; empty where the system does not say. */
  readonly cpuMs: ReadonlyMap<string, number>;
  /** What the mesh did in the round; undefined for the echo. */
  readonly work: RoundWork | undefined;
}

/** The same with the time that it took to the end: from the last answer until everything was logged, shadowed and audited. */
export interface RoundWork extends MeshWork {
  readonly settleMs: number;
}

/** Medians over the rounds of one server at one number in flight. */
export interface Figures {
  readonly target: Round['target'];
  readonly inFlight: number;
  readonly rounds: number;
  /** Requests answered, over all rounds. */
  readonly requests: number;
  readonly errors: number;
  readonly lastError: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of the load process, in cores. */
  readonly loadCpuCores: number;
  /** CPU of each server process, in microseconds a request. */
  readonly cpuUs: Readonly<Record<string, number>>;
  readonly work: WorkShares | undefined;
}

/** What became of the requests of the full path, as shares of 0 to 1. */
export interface WorkShares {
  /** Of the requests. */
  readonly logged: number;
  /** Of the logged predictions. */
  readonly model: number;
  readonly fallback: number;
  readonly rules: number;
  readonly shadowExpected: number;
  /** Of the logged predictions that were to have one. */
  readonly shadowPairs: number;
  /** Records that the router dropped, over all rounds. */
  readonly dropped: number;
  /** Median time that the mesh went on working after the last answer. */
  readonly settleMs: number;
}

/** Summarises rounds by server and number in flight, in the order in which each first appears. */
export function summarise(rounds: readonly Round[]): readonly Figures[] {
  const groups = new Map<string, Round[]>();
  for (const round of rounds) {
    const key = `${round.target} ${round.inFlight}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [round]);
    else group.push(round);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [figuresOf(first, group)];
  });
}

function figuresOf({ target, inFlight }: Round, group: readonly Round[]): Figures {
  const medianOf = (read: (load: LoadResult) => number) =>
    median(group.map(({ load }) => read(load)));
  const completed = sum(group.map(({ load }) => load.completed));
  return {
    target,
    inFlight,
    rounds: group.length,
    requests: sum(group.map(({ load }) => load.requests)),
    errors: sum(group.map(({ load }) => load.errors)),
    lastError: group.map(({ load }) => load.lastError).findLast((text) => text !== '') ?? '',
    perSecond: medianOf((load) => load.perSecond),
    p50Ms: medianOf((load) => load.p50Ms),
    p99Ms: medianOf((load) => load.p99Ms),
    loadCpuCores: medianOf((load) => load.cpuCores),
    cpuUs: cpuUsOf(group, completed),
    work: workShares(group, completed),
  };
}

function cpuUsOf(group: readonly Round[], completed: number): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const { cpuMs } of group) {
    for (const [name, ms] of cpuMs) total[name] = (total[name] ?? 0) + (ms * 1_000) / completed;
  }
  return total;
}

function workShares(group: readonly Round[], completed: number): WorkShares | undefined {
  const works = group.flatMap(({ work }) => (work === undefined ? [] : [work]));
  if (works.length === 0) return undefined;
  const total = (read: (work: RoundWork) => number) => sum(works.map(read));
  const logged = total((work) => work.logged);
  const expected = total((work) => work.shadowExpected);
  return {
    logged: logged / completed,
    model: total((work) => work.model) / logged,
    fallback: total((work) => work.fallback) / logged,
    rules: total((work) => work.rules) / logged,
    shadowExpected: expected / logged,
    shadowPairs: total((work) => work.shadowPairs) / expected,
    dropped: total((work) => work.dropped),
    settleMs: median(works.map((work) => work.settleMs)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Share of errors above which a rate says nothing: a moment in which a busy machine had a router refuse some calls is well below. */
const errorShareMax = 0.01;

/** Gives the rate of what the full path answered over that of the echo; undefined when either did not run, or more than 1 % were errors. */
export function fullOverEcho(figures: readonly Figures[], inFlight: number): number | undefined {
  const answered = (target: Round['target']): number => {
    const found = figures.find((one) => one.target === target && one.inFlight === inFlight);
    if (found === undefined || isUseless(found)) return Number.NaN;
    return found.perSecond * (1 - found.errors / found.requests);
  };
  const ratio = answered('full') / answered('echo');
  return Number.isFinite(ratio) ? ratio : undefined;
}

function isUseless({ errors, requests }: Figures): boolean {
  return errors > errorShareMax * requests;
}

/** Names what makes the figures worth less than they look; empty when nothing does. */
export function caveats(figures: readonly Figures[]): readonly string[] {
  return figures.flatMap((one) => {
    const { target, inFlight, errors, lastError, loadCpuCores, work } = one;
    const where = `${target} at ${inFlight}`;
    const found: string[] = [];
    const effect = isUseless(one) ? 'so no ratio' : 'which count as no answers';
    if (errors > 0) found.push(`${where}: ${errors} errors, ${effect}; the last: ${lastError}`);
    // 0.9: one thread sends the load, and 1 is all that it can take.
    if (loadCpuCores > 0.9) {
      found.push(`${where}: the load took ${loadCpuCores.toFixed(2)} cores and may be what limits`);
    }
    return [...found, ...(work === undefined ? [] : missedWork(where, work))];
  });
}

// A path that leaves work out is faster than the one that is asked about.
const shares = [
  // 0.9: the policy of flights gives 5 % of the routes to the rules, and the odd answer comes from the fallback.
  { name: 'model', least: 0.9, says: 'were answered by the model' },
  { name: 'logged', least: 0.999, says: 'were logged' },
  { name: 'shadowExpected', least: 0.9, says: 'were shown to a shadow' },
  { name: 'shadowPairs', least: 0.99, says: 'of the shadow answers came' },
] as const;

function missedWork(where: string, work: WorkShares): readonly string[] {
  return shares
    .filter(({ name, least }) => !(work[name] >= least))
    .map(({ name, says }) => `${where}: only ${(work[name] * 100).toFixed(1)} % ${says}`);
}
