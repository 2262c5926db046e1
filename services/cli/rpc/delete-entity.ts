import { durationMs } from '../../shared/kernel/units.ts';
import { confirm } from '../confirm.ts';
import { UsageError } from '../exit-code.ts';
import { formatCount } from '../format.ts';
import type { CommandResult, MeshSession } from '../mesh-command.ts';

/** What is to be erased. */
export interface Deletion {
  readonly entity: string;
  /** `key=value` texts. */
  readonly assignments: readonly string[];
  readonly reason: string;
  /** Whether the user has confirmed it on the command line. */
  readonly isConfirmed: boolean;
}

/** Deletions of much history read and rewrite a lot: ten minutes. */
const deletionMsMax = 600_000;

/**
 * Erases an entity, after the user has confirmed it.
 * @throws {UsageError} for a text that is no assignment; what the feature service says of the entity
 */
export async function deleteEntity(
  { mesh, context }: MeshSession,
  deletion: Deletion,
): Promise<CommandResult> {
  const { entity, assignments, reason } = deletion;
  const keys = Object.fromEntries(assignments.map(parseAssignment));
  const what = `${entity} ${assignments.join(' ')}`;
  const question = `Erase ${what}: its events, its states, and what it added to others? This cannot be undone.`;
  const goesOn = deletion.isConfirmed || (await confirm(context, question, 'add --yes'));
  if (!goesOn) return { json: { isErased: false }, text: 'nothing was erased\n' };
  const erased = await mesh.feature.deleteEntity(
    { entity, keys, reason },
    { signal: context.signal, timeoutMs: durationMs(deletionMsMax) },
  );
  const { logEvents, historyEvents, statesRemoved, statesRecomputed, logOffset } = erased;
  const text =
    logOffset === 0
      ? `there were no events of ${what}\n`
      : `erased ${what}: ${formatCount(logEvents)} events of the log, ${formatCount(historyEvents)} of imported files, ${formatCount(statesRemoved)} states; ${formatCount(statesRecomputed)} states of others were computed again\n`;
  return { json: { isErased: true, ...erased }, text };
}

function parseAssignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`wanted key=value, got '${text}'`);
  return [text.slice(0, at), text.slice(at + 1)];
}
