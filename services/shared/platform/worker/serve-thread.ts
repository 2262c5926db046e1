import type { MessagePort } from 'node:worker_threads';
import type { WorkerOutcome } from './worker-outcome.ts';

/** What a thread is given when it starts: the port that its requests come by, and its answers go. */
export interface ThreadPort {
  readonly port: MessagePort;
}

/**
 * Gives the `handle` of the module of a {@link WorkerPool}: its thread answers the requests of its port one after the other. `answer`
 * never rejects; the thread dies of it if it does, and whoever waits is told.
 */
export function serveThread<Request, Reply>(
  answer: (request: Request) => Promise<WorkerOutcome<Reply>>,
): (given: ThreadPort) => void {
  return ({ port }) => {
    const waiting: Request[] = [];
    let isAnswering = false;
    const answerAll = async (): Promise<void> => {
      isAnswering = true;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        port.postMessage(await answer(next));
      }
      isAnswering = false;
    };
    port.on('message', (request: Request) => {
      waiting.push(request);
      if (!isAnswering) void answerAll();
    });
  };
}
