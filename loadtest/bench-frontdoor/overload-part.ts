import type { OpenLoadReport } from '../load/open-load.ts';
import { type FrontDoor, failures, loadHead, loadNotes, loadRow, type Part } from './part.ts';
import { memoryOf } from './process-memory.ts';

const sloMs = 50;
/** How long half of the load is watched, before an overload and after it, until all is as before. */
const recoverySeconds = 10;

/** Twice and three times what the router can answer, and how long it is until all is well again. */
export const overloadPart: Part = {
  name: 'overload',
  keys: [
    'overload_goodput',
    'overload_ok_p99_ms',
    'overload_refused_p99_ms',
    'overload_failed',
    'overload_recovery_s',
    'overload_rss_growth_mib',
    'overload3_goodput',
  ],
  async run(door, { longSeconds }) {
    const { load, capacity } = door;
    const calm = await load({ rate: capacity / 2, seconds: recoverySeconds, sloMs });
    const before = routerMib(door);
    const twice = await load({ rate: 2 * capacity, seconds: longSeconds, sloMs });
    const after = await load({ rate: capacity / 2, seconds: recoverySeconds, sloMs, seed: 2 });
    const growth = routerMib(door) - before;
    const thrice = await load({ rate: 3 * capacity, seconds: longSeconds / 3, sloMs, seed: 3 });
    await load({ rate: capacity / 4, seconds: 5 });
    return {
      values: {
        overload_goodput: twice.in_time / twice.seconds / capacity,
        overload_ok_p99_ms: twice.ok.p99_ms,
        overload_refused_p99_ms: twice.refused.p99_ms,
        overload_failed: failures(twice),
        overload_recovery_s: recovery(calm, after),
        overload_rss_growth_mib: growth,
        overload3_goodput: thrice.in_time / thrice.seconds / capacity,
      },
      table: [
        loadHead,
        loadRow('half of capacity', calm),
        loadRow('2x of capacity', twice),
        loadRow('half of it, at once afterwards', after),
        loadRow('3x of capacity', thrice),
      ],
      notes: [
        ...loadNotes('2x', twice),
        ...loadNotes('3x', thrice),
        `capacity ${capacity.toFixed(0)}/s; goodput counts answers within ${sloMs} ms of when the call was due, as a share of it`,
      ],
    };
  },
};

function routerMib({ mesh }: FrontDoor): number {
  const pids = mesh.record.processes.filter(({ service }) => service === 'router');
  return pids.reduce((sum, { pid }) => {
    const { anonymousMib = 0, fileMib = 0 } = memoryOf(pid) ?? {};
    return sum + anonymousMib + fileMib;
  }, 0);
}

/** Seconds until no more is refused, and no more is late, than in the worst second of the same load before. */
function recovery({ by_second: before }: OpenLoadReport, after: OpenLoadReport): number {
  const lostMost = Math.max(...before.map(({ refused, failed }) => refused + failed));
  const p99MsMost = Math.max(sloMs, ...before.map(({ p99_ms }) => p99_ms));
  const last = after.by_second.findLastIndex(
    ({ refused, failed, p99_ms }) => refused + failed > lostMost || p99_ms > p99MsMost,
  );
  return last + 1;
}
