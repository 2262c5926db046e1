import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

// As the services measure theirs: from one tick to the next, less the tick. Windows of 2 s, as short as the ones that a peak is seen in.
const watch = `
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { parentPort } = require('node:worker_threads');
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let worstMs = 0;
const look = () => {
  worstMs = Math.max(worstMs, delay.percentile(99) / 1e6 - 10);
  delay.reset();
};
setInterval(look, 2_000);
parentPort.once('message', () => {
  look();
  parentPort.postMessage(worstMs);
  process.exit();
});
`;

/** The event loop of a thread that does nothing: what it waits is the time that this machine takes to give a thread a core. */
export class IdleLoop {
  readonly #thread = new Worker(watch, { eval: true });

  /** Ends the thread; gives the 99th percentile of its delay in the worst 2 s, in milliseconds. */
  async stop(): Promise<number> {
    const told = once(this.#thread, 'message');
    this.#thread.postMessage('stop');
    const [worstMs] = await told;
    return Number(worstMs);
  }
}
