import { type ClientHttp2Session, connect } from 'node:http2';

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
  readonly requests: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

class Round {
  readonly #plan: LoadPlan;
  readonly #latencies: number[] = [];
  readonly #headers: Record<string, string>;
  #errors = 0;
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
    const startedAt = performance.now();
    for (const session of sessions) {
      for (let slot = 0; slot < this.#plan.inFlightPerConnection; slot += 1) this.#send(session);
    }
    await new Promise((resolve) => setTimeout(resolve, this.#plan.durationMs));
    const elapsedMs = performance.now() - startedAt;
    const requests = this.#latencies.length;
    this.#isOver = true;
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    for (const session of sessions) session.close();
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      requests,
      errors: this.#errors,
      perSecond: (requests / elapsedMs) * 1_000,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
    };
  }

  #connect(): Promise<ClientHttp2Session> {
    return new Promise((resolve, reject) => {
      const session = connect(`http://${this.#plan.address}`, { settings: { enablePush: false } });
      session.once('connect', () => resolve(session));
      session.once('error', reject);
    });
  }

  #send(session: ClientHttp2Session): void {
    const frame = this.#plan.frames[this.#next % this.#plan.frames.length];
    this.#next += 1;
    this.#open += 1;
    const startedAt = performance.now();
    const stream = session.request(this.#headers);
    let status = '';
    stream.on('trailers', (trailers) => {
      status = String(trailers['grpc-status'] ?? '');
    });
    stream.on('response', (headers) => {
      if (headers['grpc-status'] !== undefined) status = String(headers['grpc-status']);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.#open -= 1;
      if (status !== '0') this.#errors += 1;
      this.#latencies.push(performance.now() - startedAt);
      if (!this.#isOver) this.#send(session);
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

/** Puts the 5-byte gRPC header (not compressed, length) before an encoded message. */
export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
