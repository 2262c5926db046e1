import type { ReasonedAction } from './core/actions.ts';
import type { Person } from './core/person.ts';
import type { ActionResult, SessionView } from './core/views.ts';

/** What a page asks for beside the name of a view. */
export type ViewQuery = ReadonlyMap<string, string>;

/** Who asks, and until when. */
export interface Asker {
  /** Undefined where nobody signs in: without TLS, whoever is on this machine. */
  readonly person: Person | undefined;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Where the pages' data come from. */
export interface Views {
  /** Names of the views that there are. */
  readonly names: ReadonlySet<string>;
  /**
   * Gives a view as it is now. What does not answer is named in it; only what makes the question itself wrong is thrown.
   * @throws {MeshError} what a service says, such as NOT_FOUND / MODEL_UNKNOWN
   */
  read(name: string, query: ViewQuery, asker: Asker): Promise<object>;
  /** Calls back each time that something of the registry has changed; gives what ends that. */
  onChange(listen: () => void): () => void;
}

/** Does what a person asks for. */
export interface Actions {
  /** @throws {MeshError} what the service says that was asked */
  run(wanted: ReasonedAction, asker: Asker): Promise<ActionResult>;
}

/** Knows people by their tokens. */
export interface People {
  /** @throws {MeshError} UNAUTHENTICATED / TOKEN_UNKNOWN */
  whoHas(token: string): Person;
}

/** What the server of the console is made of. */
export interface ConsoleParts {
  readonly views: Views;
  readonly actions: Actions;
  /** Whom it lets in; undefined where nobody signs in. */
  readonly people: People | undefined;
  readonly session: Pick<SessionView, 'mesh' | 'token' | 'models'>;
  /** Whether every action is refused. */
  readonly isReadOnly: boolean;
}
