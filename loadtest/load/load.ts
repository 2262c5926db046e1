import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { percentile } from './order-statistics.ts';

/** One round of closed-loop load against one unary gRPC method. */
export interface LoadPlan {
  /** host:port, plaintext. */
  readonly address: string;
  /** Such as /mlmesh.router.v1.RouterService/Predict. */
  readonly path: string;
  /** Encoded requests, each with its 5-byte gRPC header, taken in turn. */
  readonly frames: readonly Buffer[];
  readonly connections: number;
  readonly inFlightPerConnection: number;
  readonly durationMs: number;
}

/** What a round measured. */
export interface LoadResult {
  /** Requests answered within the round. */
  readonly requests: number;
  /** The same and those that were open at its end, which are waited for: all that the server saw. */
  readonly completed: number;
  readonly errors: number;
  /** What the last error said; empty when there is none. */
  readonly lastError: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU that the load itself took, in cores. */
  readonly cpuCores: number;
}

class Round {
  readonly #plan: LoadPlan;
  readonly #latencies: number[] = [];
  readonly #headers: Record<string, string>;
  #errors = 0;
  #lastError = '';
  #next = 0;
  #open = 0;
  #isOver = false;
  #onIdle: () => void = () => undefined;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#headers = {
      ':method': 'POST',
      ':path': plan.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': '2S',
    };
  }

  async run(): Promise<LoadResult> {
    const sessions = await Promise.all(
      Array.from({ length: this.#plan.connections }, () => this.#connect()),
    );
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    for (const session of sessions) {
      for (let slot = 0; slot < this.#plan.inFlightPerConnection; slot += 1) this.#send(session);
    }
    await new Promise((resolve) => setTimeout(resolve, this.#plan.durationMs));
    const elapsedMs = performance.now() - startedAt;
    const cpu = process.cpuUsage(cpuBefore);
    const requests = this.#latencies.length;
    this.#isOver = true;
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    for (const session of sessions) session.close();
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      requests,
      completed: this.#latencies.length,
      errors: this.#errors,
      lastError: this.#lastError,
      perSecond: (requests / elapsedMs) * 1_000,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      cpuCores: (cpu.user + cpu.system) / 1_000 / elapsedMs,
    };
  }

  #connect(): Promise<ClientHttp2Session> {
    return new Promise((resolve, reject) => {
      const session = connect(`http://${this.#plan.address}`, { settings: { enablePush: false } });
      session.once('connect', () => resolve(session));
      session.on('error', reject); // after the connection is made, each stream says what went wrong
    });
  }

  #send(session: ClientHttp2Session): void {
    const frame = this.#plan.frames[this.#next % this.#plan.frames.length];
    this.#next += 1;
    this.#open += 1;
    const startedAt = performance.now();
    const stream = session.request(this.#headers);
    let status = '';
    let message = '';
    const readStatus = (headers: IncomingHttpHeaders) => {
      if (headers['grpc-status'] === undefined) return;
      status = String(headers['grpc-status']);
      message = String(headers['grpc-message'] ?? '');
    };
    stream.on('trailers', readStatus);
    stream.on('response', readStatus); // an error without a body comes as one block of headers
    stream.on('error', (error: Error) => {
      message = error.message;
    });
    stream.on('close', () => {
      this.#open -= 1;
      if (status !== '0') {
        this.#errors += 1;
        this.#lastError = `gRPC status ${status || 'missing'} ${message}`.trimEnd();
      }
      this.#latencies.push(performance.now() - startedAt);
      // A server that dies takes its connection along: its slots stay empty, and the errors are counted.
      if (!this.#isOver && !session.closed && !session.destroyed) this.#send(session);
      else if (this.#open === 0) this.#onIdle();
    });
    stream.resume();
    stream.end(frame);
  }
}

/** Runs one round and gives what it measured. The frames are encoded before, so that the load costs as little as it can. */
export function runLoad(plan: LoadPlan): Promise<LoadResult> {
  return new Round(plan).run();
}
