import { failures, loadHead, loadNotes, loadRow, type Part } from './part.ts';
import { ServiceHolder } from './service-holder.ts';

const rate = 200;

/** A prediction service that hangs, beside a bare handler that only waits as long as the model may take. */
export const hungPart: Part = {
  name: 'hung',
  keys: [
    'hung_errors',
    'hung_unlabelled',
    'hung_p99_over_timer_ms',
    'hung_p999_over_timer_ms',
    'hung_deadline_50_failed',
  ],
  async run({ load, mesh, timerAddress }, { longSeconds }, signal) {
    using _holder = await ServiceHolder.hold(mesh, 'prediction', signal);
    const [hung, timer] = await Promise.all([
      load({ rate, seconds: longSeconds }),
      load({ rate, seconds: longSeconds, address: timerAddress, seed: 2 }),
    ]);
    const hurried = await load({ rate, seconds: longSeconds / 3, deadlineMs: 50, seed: 3 });
    return {
      values: {
        hung_errors: failures(hung) + hung.refused.count,
        hung_unlabelled: hung.tiers['none'] ?? 0,
        hung_p99_over_timer_ms: hung.ok.p99_ms - timer.ok.p99_ms,
        hung_p999_over_timer_ms: hung.ok.p999_ms - timer.ok.p999_ms,
        hung_deadline_50_failed: failures(hurried) / hurried.offered,
      },
      table: [
        loadHead,
        loadRow('Predict, the prediction service hangs', hung),
        loadRow('a timer of 50 ms', timer),
        loadRow('Predict with a deadline of 50 ms', hurried),
      ],
      notes: [
        ...loadNotes('hung', hung),
        ...loadNotes('timer', timer),
        ...loadNotes('deadline of 50 ms', hurried),
        `Poisson arrivals, ${rate} a second each; hung_deadline_50_failed is a share of the calls`,
      ],
    };
  },
};
