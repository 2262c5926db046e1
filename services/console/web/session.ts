import { createContext } from 'preact';
import type { Action } from '../core/actions.ts';
import type { ActionResult, ProblemView, SessionView } from '../core/views.ts';

/** What the page knows of itself; undefined until it has asked. */
export const SessionContext = createContext<SessionView | undefined>(undefined);

/** Asks the console who the page is, and for the token of its actions. */
export async function readSession(): Promise<SessionView> {
  const answer = await fetch('/api/session');
  if (!answer.ok) throw new Error(`the console answered with ${answer.status}`);
  return answer.json();
}

/**
 * Signs a person in.
 * @throws {Error} whose message says why it was refused
 */
export async function signIn(token: string): Promise<void> {
  await post('/api/sign-in', { token });
  tellSession();
}

/** Signs out whoever has signed in. */
export async function signOut(): Promise<void> {
  await post('/api/sign-out', {});
  tellSession();
}

/** Has the page ask anew who has signed in. */
export function tellSession(): void {
  window.dispatchEvent(new Event(sessionChanged));
}

/** Calls back when somebody may have signed in or out; gives what ends that. */
export function onSession(listen: () => void): () => void {
  window.addEventListener(sessionChanged, listen);
  return () => window.removeEventListener(sessionChanged, listen);
}

const sessionChanged = 'mlmesh-session';

/**
 * Does what a person asks for.
 * @throws {Error} whose message says why it was refused
 */
export function act(action: Action, reason: string): Promise<ActionResult> {
  return post('/api/actions', { ...action, reason });
}

async function post(path: string, body: object): Promise<ActionResult> {
  // Asked for anew each time: the console may have started again since the page was loaded.
  const { token } = await readSession();
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-mlmesh-token': token },
    body: JSON.stringify(body),
  });
  if (answer.ok) return answer.json();
  const problem: ProblemView = await answer.json();
  throw new Error(problem.message);
}
