import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import type { Answered } from './router.ts';

/** Requests that are remembered at most. */
const requestsMax = 16_384;
/** How long a request is remembered, in ms: callers retry within seconds. */
const rememberMs = 30_000;

interface KnownRequest {
  readonly requestId: string;
  readonly fingerprint: string;
  readonly answer: Promise<Answered>;
  readonly askedAt: MonotonicMs;
}

/** A request that its caller named. */
export interface NamedRequest {
  /** Empty names none. */
  readonly requestId: string;
  /** Gives a text that only a request for the same shares; not asked for where the name is empty. */
  readonly fingerprint: () => string;
}

/**
 * Remembers the answers to requests that callers named, for 30 s and the last 16,384 of them, so that a retry gets the same answer and is not
 * logged as another prediction.
 */
export class KnownRequests {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #known = new Map<string, KnownRequest>();
  /** The last ones, each in the place of the one that it drives out. */
  readonly #last: KnownRequest[] = [];
  #nextPlace = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Gives the answer to a request that was named before, or else that of `answer`. An error is not remembered.
   * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when another request had this name
   */
  once(
    { requestId, fingerprint }: NamedRequest,
    answer: () => Promise<Answered>,
  ): Promise<Answered> {
    if (requestId === '') return answer();
    const asked = fingerprint();
    const askedAt = this.#clock.monotonic();
    const known = this.#known.get(requestId);
    if (known === undefined || askedAt - known.askedAt >= rememberMs) {
      const fresh = { requestId, fingerprint: asked, askedAt, answer: answer() };
      this.#remember(fresh);
      return fresh.answer;
    }
    if (known.fingerprint !== asked) throw otherRequest();
    return known.answer;
  }

  #remember(fresh: KnownRequest): void {
    const oldest = this.#last[this.#nextPlace];
    if (oldest !== undefined) this.#forget(oldest);
    this.#last[this.#nextPlace] = fresh;
    this.#nextPlace = (this.#nextPlace + 1) % requestsMax;
    this.#known.set(fresh.requestId, fresh);
    // Whoever was refused asks again, and is not to be refused for ever.
    fresh.answer.catch(() => this.#forget(fresh));
  }

  #forget(request: KnownRequest): void {
    if (this.#known.get(request.requestId) === request) this.#known.delete(request.requestId);
  }
}

function otherRequest(): MeshError {
  const description =
    'wanted a name that is new or that of the same request, got that of another request of the last 30 s; give each request its own, such as a UUID';
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `request_id: ${description}`,
    violations: [{ field: 'request_id', description }],
  });
}
