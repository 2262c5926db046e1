import type { FromProcess, ToProcess } from './process-worker.ts';
import type { WorkerOutcome } from './worker-outcome.ts';

/**
 * Makes this process a worker: it gets its data once, then answers requests one by one, and ends when the process that
 * started it does.
 */
export function serveProcess<Data, Request, Reply>(
  start: (workerData: Data) => (request: Request) => Promise<WorkerOutcome<Reply>>,
): void {
  let handle: ((request: Request) => Promise<WorkerOutcome<Reply>>) | undefined;
  process.on('message', (message: ToProcess<Request>) => {
    switch (message.kind) {
      case 'start':
        // Written by the process that started this one, from its own options.
        handle = start(message.workerData as Data);
        return;
      case 'task':
        void handle?.(message.request).then((outcome) => {
          const reply: FromProcess<Reply> = { id: message.id, outcome };
          process.send?.(reply);
        });
        return;
    }
  });
  process.once('disconnect', () => process.exit(0));
  // A terminal sends its interrupt to every process of the group; whoever started this one decides when it ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
}
