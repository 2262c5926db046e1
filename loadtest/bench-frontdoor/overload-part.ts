import type { OpenLoadReport } from '../load/open-load.ts';
import { type FrontDoor, failures, loadHead, loadNotes, loadRow, type Part } from './part.ts';
import { memoryOf } from './process-memory.ts';

const sloMs = 50;
/** How long it is watched after an overload until all is as before. */
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
    await load({ rate: capacity / 2, seconds: 3 });
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
        overload_recovery_s: recovery(after),
        overload_rss_growth_mib: growth,
        overload3_goodput: thrice.in_time / thrice.seconds / capacity,
      },
      table: [
        loadHead,
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

/** Seconds until nothing is refused or late any more. */
function recovery({ by_second }: OpenLoadReport): number {
  const last = by_second.findLastIndex(
    ({ refused, failed, p99_ms }) => refused + failed > 0 || p99_ms > sloMs,
  );
  return last + 1;
}
