import { setMaxListeners } from 'node:events';
import type { Metadata } from '@grpc/grpc-js';
import type { CallContext } from '../../kernel/call-context.ts';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { parseTraceparent, type TraceContext } from '../../kernel/trace-context.ts';
import { type DurationMs, type MonotonicMs, monotonicMs } from '../../kernel/units.ts';
import type { Identity, IdentityReader, NamedCertificate } from './tls/identity.ts';

/** A call as its handler sees it. */
export interface ServerCall extends CallContext {
  /** Who calls: its name where it was proved, or its address. */
  readonly peer: string;
  /** Who calls, as its certificate or token proves; undefined without TLS, where nobody is asked. */
  readonly identity: Identity | undefined;
  /** Whether nobody waits for the answer any more. Costs nothing, unlike the signal. */
  readonly isCancelled: boolean;
  /** Header `name` of the request in lower case; undefined when it is missing. */
  header(name: string): string | undefined;
}

/** What all four kinds of grpc-js server calls have. */
export interface RawCall {
  readonly cancelled: boolean;
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  getPeer(): string;
  /** Gives a header of the request where that is cheaper than to make all of them metadata. */
  header?(name: string): string | undefined;
  getAuthContext(): { readonly sslPeerCertificate?: NamedCertificate };
  on(event: 'cancelled', listener: () => void): unknown;
}

const deadlineSkewMs = 5;

/**
 * The context of one incoming call. Whatever costs something is made when somebody first looks at it: most handlers
 * never read the signal, and an AbortController costs some microseconds.
 */
export class IncomingCall implements ServerCall {
  readonly method: string;
  readonly deadline: MonotonicMs;
  /** Whether the deadline is the server's own limit: grpc-js enforces only what the caller sent. */
  readonly isDeadlineOwn: boolean;
  readonly #raw: RawCall;
  readonly #clock: Clock;
  readonly #access: IdentityReader | undefined;
  #controller: AbortController | undefined;
  #abortError: MeshError | undefined;
  #trace: TraceContext | undefined | null = null;
  #isSettled = false;
  /** Whether nobody waited for an answer when the call was over. */
  #wasCancelled = false;

  /** A call lasts `durationMax` at most; where that is undefined, as long as its caller says. */
  constructor(
    raw: RawCall,
    method: string,
    { clock, access }: { readonly clock: Clock; readonly access: IdentityReader | undefined },
    durationMax: DurationMs | undefined,
  ) {
    this.#raw = raw;
    this.method = method;
    this.#clock = clock;
    this.#access = access;
    const ownMs = durationMax ?? Number.POSITIVE_INFINITY;
    const given = raw.getDeadline();
    const givenMs = typeof given === 'number' ? given - Date.now() : given.getTime() - Date.now();
    this.isDeadlineOwn = ownMs < givenMs;
    this.deadline = monotonicMs(clock.monotonic() + Math.min(givenMs, ownMs));
  }

  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = new AbortController();
    setMaxListeners(0, controller.signal); // one handler may have many calls of its own under way
    this.#controller = controller;
    if (this.#abortError !== undefined) controller.abort(this.#abortError);
    // A handler that goes on after its caller has gone learns it too.
    else if (this.#wasCancelled) controller.abort(this.#cancelError());
    else if (this.#raw.cancelled) this.#onCancelled();
    else this.#raw.on('cancelled', () => this.#onCancelled());
    return controller.signal;
  }

  get trace(): TraceContext | undefined {
    if (this.#trace === null) {
      const header = this.header('traceparent');
      this.#trace = header === undefined ? undefined : parseTraceparent(header);
    }
    return this.#trace;
  }

  get isCancelled(): boolean {
    return this.#abortError !== undefined || this.#raw.cancelled;
  }

  get peer(): string {
    return this.identity?.name ?? this.#raw.getPeer();
  }

  get identity(): Identity | undefined {
    const certificate = this.#raw.getAuthContext().sslPeerCertificate;
    return this.#access?.identityOf(certificate, this.header('authorization'));
  }

  header(name: string): string | undefined {
    if (this.#raw.header !== undefined) return this.#raw.header(name);
    const value = this.#raw.metadata.get(name)[0];
    return typeof value === 'string' ? value : undefined;
  }

  /** Hangs what the handler starts under the server's own span. */
  adoptTrace(trace: TraceContext): void {
    this.#trace = trace;
  }

  /** Milliseconds to the deadline; negative when it has passed, Infinity when there is none. */
  remainingMs(): number {
    return this.deadline - this.#clock.monotonic();
  }

  /** Aborts the signal with `error`, now or when somebody first looks at it. */
  abort(error: MeshError): void {
    if (this.#isSettled) return;
    this.#abortError ??= error;
    this.#controller?.abort(error);
  }

  /** Says that the answer is on its way, or that nobody waits for one: from now on nothing aborts. */
  settle(): void {
    if (this.#isSettled) return;
    this.#wasCancelled = this.#raw.cancelled;
    this.#isSettled = true;
  }

  #onCancelled(): void {
    // A caller cancels at its own deadline, which it measures a little earlier than this side does.
    this.abort(this.#cancelError());
  }

  #cancelError(): MeshError {
    return this.remainingMs() < deadlineSkewMs
      ? deadlinePassed(this.method)
      : callCancelled(this.method);
  }
}

/** Gives DEADLINE_EXCEEDED / DEADLINE_PASSED. */
export function deadlinePassed(method: string): MeshError {
  return new MeshError({
    code: 'DEADLINE_EXCEEDED',
    reason: 'DEADLINE_PASSED',
    message: `${method}: the deadline passed before the answer was there; give it more time or ask for less`,
  });
}

/** Gives CANCELLED / CALL_CANCELLED. */
export function callCancelled(method: string): MeshError {
  return new MeshError({
    code: 'CANCELLED',
    reason: 'CALL_CANCELLED',
    message: `${method}: the caller gave up`,
  });
}
