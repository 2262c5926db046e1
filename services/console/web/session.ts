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
 * Does what a person asks for.
 * @throws {Error} whose message says why it was refused
 */
export async function act(action: Action, reason: string): Promise<ActionResult> {
  // Asked for anew each time: the console may have started again since the page was loaded.
  const { token } = await readSession();
  const answer = await fetch('/api/actions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-mlmesh-token': token },
    body: JSON.stringify({ ...action, reason }),
  });
  if (answer.ok) return answer.json();
  const problem: ProblemView = await answer.json();
  throw new Error(problem.message);
}
