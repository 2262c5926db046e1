import type { Clock } from '../../shared/kernel/clock.ts';

/** A working day and some; then a person signs in again. */
const lastMs = 43_200_000;
/** People at once; the one who signed in first signs in again. */
const sessionsMax = 256;

interface Session {
  readonly token: string;
  readonly untilMs: number;
}

/** The tokens of people who have signed in, by the ids that their browsers keep: a browser never keeps a token. In memory alone, so that nobody is signed in when a console starts. */
export class Sessions {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #sessions = new Map<string, Session>();

  /** @param newId gives an id that nobody can guess */
  constructor(clock: Clock, newId: () => string) {
    this.#clock = clock;
    this.#newId = newId;
  }

  /** Begins a session and gives its id. */
  begin(token: string): string {
    const id = this.#newId();
    this.#sessions.set(id, { token, untilMs: this.#clock.epoch() + lastMs });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > sessionsMax && oldest !== undefined) this.#sessions.delete(oldest);
    return id;
  }

  /** Gives the token of a session; undefined where it is over, or never was. */
  tokenOf(id: string): string | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) return undefined;
    if (this.#clock.epoch() < session.untilMs) return session.token;
    this.#sessions.delete(id);
    return undefined;
  }

  /** Ends a session. */
  end(id: string): void {
    this.#sessions.delete(id);
  }
}
