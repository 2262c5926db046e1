import { setTimeout as sleep } from 'node:timers/promises';
import { ChildPeer } from '../load/child-peer.ts';
import type { OpenLoadReport } from '../load/open-load.ts';
import { median } from '../load/order-statistics.ts';
import { theilSenSlope } from '../load/theil-sen.ts';
import { type FrontDoor, loadHead, loadNotes, loadRow, type Part } from './part.ts';
import { memoryOf, type ProcessMemory } from './process-memory.ts';

const shownEveryMs = 5_000;
/** When memory is looked at, as shares of the time. The first fifth is left out of the growth: caches fill, and code is compiled. Some of the looks come in the middle of an audit, which holds tens of MiB for seconds. */
const looksAt = Array.from({ length: 13 }, (_, index) => 0.2 + 0.065 * index);

/** Where Node's debugger listens, unless it is told otherwise: garbage is collected through it. */
const debuggerPort = 9229;

/** What the processes of a service hold. */
interface Look {
  readonly minutes: number;
  readonly memory: ReadonlyMap<string, ProcessMemory>;
}

/** Half of the load that the mesh bears, for minutes: what grows, and whether it gets slower. */
export const soakPart: Part = {
  name: 'soak',
  keys: [
    'soak_anon_mib_per_min',
    'soak_file_mib_per_min',
    'soak_rss_mib_per_min',
    'soak_p99_ratio',
    'soak_failed',
  ],
  isExtra: true,
  async run(door, { soakMinutes, show }, signal) {
    const over = new AbortController();
    const looking = lookAtTimes(
      door,
      { soakMinutes, show },
      AbortSignal.any([signal, over.signal]),
    );
    // It is awaited below; an error of the load ends it before.
    looking.catch(() => undefined);
    const report = await door
      .load({ rate: door.capacity / 2, seconds: soakMinutes * 60 })
      .catch((error: unknown) => {
        over.abort(error);
        throw error;
      });
    const looks = await looking;
    const growths = [...(looks[0]?.memory.keys() ?? [])].map((service) => growthOf(looks, service));
    const most = (of: (growth: Growth) => number) => Math.max(...growths.map(of));
    return {
      values: {
        soak_anon_mib_per_min: most(({ anonymous }) => anonymous),
        soak_file_mib_per_min: most(({ file }) => file),
        soak_rss_mib_per_min: most(({ anonymous, file }) => anonymous + file),
        soak_p99_ratio: p99Ratio(report),
        soak_failed: report.offered - report.ok.count,
      },
      table: [loadHead, loadRow(`${soakMinutes} minutes`, report)],
      notes: [...loadNotes('soak', report), ...growths.map(noteOf)],
    };
  },
};

async function lookAtTimes(
  { mesh }: FrontDoor,
  { soakMinutes, show }: { readonly soakMinutes: number; readonly show: (text: string) => void },
  signal: AbortSignal,
): Promise<readonly Look[]> {
  using collector = ChildPeer.collector();
  const startedAt = performance.now();
  const passedMs = () => performance.now() - startedAt;
  const looks: Look[] = [];
  for (const share of looksAt) {
    for (let leftMs = 1; leftMs > 0; ) {
      leftMs = share * soakMinutes * 60_000 - passedMs();
      await sleep(Math.max(0, Math.min(leftMs, shownEveryMs)), undefined, { signal });
      show(`${(passedMs() / 60_000).toFixed(1)} of ${soakMinutes} minutes\r`);
    }
    const memory = new Map<string, ProcessMemory>();
    for (const { service, pid } of mesh.record.processes) {
      // Garbage of minutes would be most of what seems to grow.
      await collector.ask({ pid, port: debuggerPort }, signal);
      const found = memoryOf(pid);
      if (found !== undefined) memory.set(service, sumOf(memory.get(service), found));
    }
    looks.push({ minutes: passedMs() / 60_000, memory });
  }
  return looks;
}

function sumOf(one: ProcessMemory | undefined, other: ProcessMemory): ProcessMemory {
  return {
    anonymousMib: (one?.anonymousMib ?? 0) + other.anonymousMib,
    fileMib: (one?.fileMib ?? 0) + other.fileMib,
  };
}

/** How the memory of a service grew, in MiB a minute, and what it had at the end. */
interface Growth {
  readonly service: string;
  readonly anonymous: number;
  readonly file: number;
  readonly last: ProcessMemory | undefined;
}

function growthOf(looks: readonly Look[], service: string): Growth {
  const of = (pick: (memory: ProcessMemory) => number) =>
    theilSenSlope(
      looks.flatMap(({ minutes, memory }) => {
        const found = memory.get(service);
        return found === undefined ? [] : [[minutes, pick(found)]];
      }),
    );
  return {
    service,
    anonymous: of(({ anonymousMib }) => anonymousMib),
    file: of(({ fileMib }) => fileMib),
    last: looks.at(-1)?.memory.get(service),
  };
}

function noteOf({ service, anonymous, file, last }: Growth): string {
  const { anonymousMib = Number.NaN, fileMib = Number.NaN } = last ?? {};
  return `${service}: ${anonymous.toFixed(2)} MiB a minute of its own, ${file.toFixed(2)} of mapped files; ${anonymousMib.toFixed(0)} and ${fileMib.toFixed(0)} MiB at the end`;
}

/** Median of the p99 of each second in the last third over that in the first. */
function p99Ratio({ by_second }: OpenLoadReport): number {
  const third = Math.floor(by_second.length / 3);
  const p99s = by_second.map(({ p99_ms }) => p99_ms);
  return median(p99s.slice(-third)) / median(p99s.slice(0, third));
}
