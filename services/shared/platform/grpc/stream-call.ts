import { TLSSocket } from 'node:tls';
import { Metadata } from '@grpc/grpc-js';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { CallStream } from '../http2/call-stream.ts';
import type { HeaderList } from '../http2/header-list.ts';
import type { RawCall } from './server-call.ts';
import type { WireStatus } from './status.ts';

/** Sends the outcome of a call, once; where one message is all of the answer, with that. */
export type OutcomeCallback = (error: Partial<WireStatus> | null, answer?: object | null) => void;

/** Timeout of a call that has none. */
export const neverMs = Number.POSITIVE_INFINITY;
// setTimeout takes no more.
const timerMsMax = 2 ** 31 - 1;
const timeoutPattern = /^(\d{1,8})([HMSmun])$/;
const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
const none: readonly (() => void)[] = [];

/** Says whether a call is one that is served without grpc-js where its method is: gRPC, not compressed, with a timeout that can be read, if any. */
export function isPlainCall(headers: HeaderList): boolean {
  const encoding = headers.get('grpc-encoding');
  return (
    headers.get('content-type')?.startsWith('application/grpc') === true &&
    (encoding === undefined || encoding === 'identity') &&
    timeoutMsOf(headers) !== undefined
  );
}

/** What each call has that is served on a stream of HTTP/2 itself: who calls, with which headers, for how long, and whether the caller is still there. */
export abstract class StreamCall implements RawCall {
  protected readonly stream: CallStream;
  protected readonly startedAt = Date.now();
  /** How long the caller waits, from the headers on; Infinity where it does not say. */
  protected readonly timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #metadata: Metadata | undefined;
  #onCancelled = none;
  #isCancelled = false;

  constructor(stream: CallStream) {
    this.stream = stream;
    this.timeoutMs = timeoutMsOf(stream.headers) ?? neverMs;
  }

  /** Whether nobody waits for the answer any more. */
  get cancelled(): boolean {
    return this.#isCancelled || this.stream.isClosed;
  }

  get metadata(): Metadata {
    this.#metadata ??= Metadata.fromHttp2Headers(this.stream.headers.toObject());
    return this.#metadata;
  }

  header(name: string): string | undefined {
    return this.stream.headers.get(name);
  }

  getDeadline(): number {
    return this.startedAt + this.timeoutMs;
  }

  getPeer(): string {
    const { remoteAddress, remotePort } = this.stream.socket;
    if (remoteAddress === undefined) return 'unknown';
    return remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
  }

  getAuthContext(): ReturnType<RawCall['getAuthContext']> {
    const { socket } = this.stream;
    // One that is closed has no certificate any more.
    if (socket.destroyed || !(socket instanceof TLSSocket && socket.authorized)) return {};
    return { sslPeerCertificate: socket.getPeerCertificate() };
  }

  on(_event: 'cancelled', listener: () => void): void {
    if (this.#isCancelled) queueMicrotask(listener);
    else this.#onCancelled = [...this.#onCancelled, listener];
  }

  /** Says, once, that nobody waits any more. */
  protected cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    const listeners = this.#onCancelled;
    this.#onCancelled = none;
    for (const listener of listeners) listener();
  }

  /** Starts the one timer of the call. */
  protected startTimer(ms: number, onTime: () => void): void {
    this.#timer = setTimeout(onTime, Math.min(ms, timerMsMax));
  }

  protected stopTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }
}

/** Gives what a caller is told when its own time is over. */
export function callIsLate(): MeshError {
  return new MeshError({
    code: 'DEADLINE_EXCEEDED',
    reason: 'DEADLINE_PASSED',
    message: 'Deadline exceeded',
  });
}

/** Gives the timeout of a request in milliseconds, Infinity where there is none; undefined for one that can't be read. */
function timeoutMsOf(headers: HeaderList): number | undefined {
  const text = headers.get('grpc-timeout');
  if (text === undefined) return neverMs;
  const [, digits, unit = ''] = timeoutPattern.exec(text) ?? [];
  const perUnitMs = unitMs[unit];
  return perUnitMs === undefined ? undefined : Math.trunc(Number(digits) * perUnitMs);
}
