import type { MessagePort } from 'node:worker_threads';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { JobRun } from './job-context.ts';
import {
  type FromJobThread,
  type JobKind,
  type JobPart,
  type JobRequest,
  type JobResults,
  partsInFlightMax,
  type ToJobThread,
  toPlainError,
} from './job-protocol.ts';

/** Does the work of one request. */
export type RunJob = (request: JobRequest, run: JobRun) => Promise<JobResults[JobKind]>;

/** The thread's side of the protocol: runs requests one after another, and lets each stop when it is no longer wanted. */
export class JobHost {
  readonly #port: Pick<MessagePort, 'postMessage'>;
  readonly #runJob: RunJob;
  readonly #jobs = new Map<number, HostedJob>();
  #last: Promise<void> = Promise.resolve();

  constructor(port: Pick<MessagePort, 'postMessage'>, runJob: RunJob) {
    this.#port = port;
    this.#runJob = runJob;
  }

  /** Takes a message from the other side. */
  receive(message: ToJobThread): void {
    switch (message.kind) {
      case 'run': {
        const job = new HostedJob(message.jobId, (from) => this.#port.postMessage(from));
        this.#jobs.set(message.jobId, job);
        this.#last = this.#last.then(() => this.#run(job, message.request));
        return;
      }
      case 'credit':
        this.#jobs.get(message.jobId)?.addCredit();
        return;
      case 'cancel':
        this.#jobs.get(message.jobId)?.cancel();
        return;
    }
  }

  async #run(job: HostedJob, request: JobRequest): Promise<void> {
    const { jobId } = job;
    try {
      job.signal.throwIfAborted();
      const result = await this.#runJob(request, job);
      this.#port.postMessage({ kind: 'done', jobId, result } satisfies FromJobThread);
    } catch (error) {
      const plain = toPlainError(error);
      this.#port.postMessage({ kind: 'failed', jobId, error: plain } satisfies FromJobThread);
    } finally {
      this.#jobs.delete(jobId);
    }
  }
}

class HostedJob implements JobRun {
  readonly jobId: number;
  readonly #post: (message: FromJobThread) => void;
  readonly #controller = new AbortController();
  #credits = partsInFlightMax;
  /** Senders that wait: slices of a set end on several threads at once. */
  #waiting: (() => void)[] = [];

  constructor(jobId: number, post: (message: FromJobThread) => void) {
    this.jobId = jobId;
    this.#post = post;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly send = async (part: JobPart): Promise<void> => {
    this.signal.throwIfAborted();
    this.#credits -= 1;
    this.#post({ kind: 'part', jobId: this.jobId, part });
    while (this.#credits <= 0) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
      this.signal.throwIfAborted();
    }
  };

  addCredit(): void {
    this.#credits += 1;
    this.#wakeAll();
  }

  cancel(): void {
    this.#controller.abort(
      new MeshError({
        code: 'CANCELLED',
        reason: 'CALL_CANCELLED',
        message: 'nobody waits for this job any more',
      }),
    );
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
