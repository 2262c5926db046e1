import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import {
  type FromJobThread,
  fromPlainError,
  type JobKind,
  type JobPart,
  type JobRequest,
  type JobResults,
  type JobThreadSettings,
  type ToJobThread,
} from '../jobs/job-protocol.ts';
import type { JobRunner } from '../ports.ts';

/** Jobs that may wait or run on one thread. */
const jobsMax = 16;

/** A thread that runs long jobs one after another, so that serving goes on. Started by its first job. */
export class JobThread implements JobRunner, Component {
  readonly name: string;
  readonly #settings: JobThreadSettings;
  readonly #jobs = new Map<number, Job>();
  #worker: Worker | undefined;
  #lastJobId = 0;
  #isStopping = false;

  constructor(name: string, settings: JobThreadSettings) {
    this.name = name;
    this.#settings = settings;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const worker = this.#worker;
    this.#failAll(stopping(this.name));
    if (worker === undefined) return;
    // Between two jobs nothing native runs on the thread; a job that was cancelled ends at its next step.
    for (const job of this.#jobs.values()) await job.ended;
    await worker.terminate();
  }

  async *run<K extends JobKind>(
    request: JobRequest & { readonly kind: K },
    signal: AbortSignal,
  ): AsyncGenerator<JobPart, JobResults[K], undefined> {
    signal.throwIfAborted();
    const job = this.#begin(request);
    const cancel = (): void => job.fail(signal.reason);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for (;;) {
        const message = await job.next();
        if (message.kind === 'part') {
          yield message.part;
          this.#post({ kind: 'credit', jobId: job.id });
        } else if (message.kind === 'failed') {
          throw fromPlainError(message.error);
        } else {
          // The thread answers a request with the result of its kind.
          return message.result as JobResults[K];
        }
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      if (!job.isOver) this.#post({ kind: 'cancel', jobId: job.id });
    }
  }

  #begin(request: JobRequest): Job {
    if (this.#isStopping) throw stopping(this.name);
    if (this.#jobs.size >= jobsMax) {
      throw new MeshError({
        code: 'RESOURCE_EXHAUSTED',
        reason: 'QUEUE_FULL',
        message: `${jobsMax} jobs wait for thread '${this.name}' already; ask again when some are done`,
        retry: { kind: 'after', delayMs: 1_000 },
      });
    }
    this.#lastJobId += 1;
    const job = new Job(this.#lastJobId);
    this.#jobs.set(job.id, job);
    this.#worker ??= this.#spawn();
    this.#post({ kind: 'run', jobId: job.id, request });
    return job;
  }

  #spawn(): Worker {
    const entry = fileURLToPath(new URL('../jobs/job-main.js', import.meta.url));
    const worker = new Worker(entry, { name: this.name, workerData: this.#settings });
    worker.on('message', (message: FromJobThread) => this.#receive(message));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, undefined));
    return worker;
  }

  #receive(message: FromJobThread): void {
    const job = this.#jobs.get(message.jobId);
    if (message.kind !== 'part') this.#jobs.delete(message.jobId);
    job?.receive(message);
  }

  /** The thread is gone: what ran on it fails, and the next job starts another. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#failAll(
      new MeshError({
        code: 'UNAVAILABLE',
        reason: 'WORKER_STUCK',
        message: `thread '${this.name}' ended while it had work${error === undefined ? '' : `: ${messageOf(error)}`}; ask again`,
        retry: { kind: 'after', delayMs: 1_000 },
        cause: error,
      }),
    );
    for (const job of this.#jobs.values()) job.end();
    this.#jobs.clear();
  }

  #failAll(error: MeshError): void {
    for (const job of this.#jobs.values()) {
      job.fail(error);
      this.#post({ kind: 'cancel', jobId: job.id });
    }
  }

  #post(message: ToJobThread): void {
    this.#worker?.postMessage(message);
  }
}

/** What came of one job and was not taken yet. */
class Job {
  readonly id: number;
  /** Resolves when the thread has done with the job. */
  readonly ended: Promise<void>;
  readonly #messages: FromJobThread[] = [];
  #wake: (() => void) | undefined;
  #error: unknown;
  #hasFailed = false;
  #end: () => void = () => undefined;
  isOver = false;

  constructor(id: number) {
    this.id = id;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  receive(message: FromJobThread): void {
    if (message.kind !== 'part') this.end();
    this.#messages.push(message);
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#hasFailed = true;
    this.#error = error;
    this.#wake?.();
  }

  end(): void {
    this.isOver = true;
    this.#end();
  }

  /** Gives the next message; rejects when the job was given up on. */
  async next(): Promise<FromJobThread> {
    for (;;) {
      if (this.#hasFailed) throw this.#error;
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function stopping(name: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'DRAINING',
    message: `thread '${name}' is stopping and takes no new work; ask another replica`,
    retry: { kind: 'elsewhere' },
  });
}
