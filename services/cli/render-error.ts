import { withoutControlCharacters } from '../shared/kernel/control-characters.ts';
import { MeshError, messageOf } from '../shared/kernel/mesh-error.ts';
import { UsageError } from './exit-code.ts';

/** Gives an error in plain words: what was wanted, what came, what to do, and by which reason programs know it. */
export function renderError(error: unknown): string {
  if (error instanceof UsageError) return `mlmesh: ${error.message}\n`;
  if (error instanceof MeshError) return renderMeshError(error);
  // Nothing that a correct program meets: the stack is what a report of it needs.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `mlmesh: unexpected error, please report it\n${indent(text)}\n`;
}

/** Gives an error as a value for `--json`. */
export function errorAsJson(error: unknown): unknown {
  if (!(error instanceof MeshError)) {
    const reason = error instanceof UsageError ? 'USAGE' : 'INTERNAL';
    return { error: { reason, message: messageOf(error) } };
  }
  const { code, reason, message, detail, violations } = error;
  return { error: { code, reason, message, detail, violations } };
}

function renderMeshError(error: MeshError): string {
  const lines = [`mlmesh: ${error.message}`];
  for (const { field, description } of error.violations) lines.push(`  ${field}: ${description}`);
  lines.push(`  reason: ${error.reason} (${error.code})`);
  if (error.retry.kind === 'after') lines.push(`  try again in ${error.retry.delayMs} ms`);
  for (const text of causesOf(error)) lines.push(`  caused by: ${text}`);
  return withoutControlCharacters(`${lines.join('\n')}\n`);
}

/** Messages of the causes, outermost first; those that only repeat what is said above, or wrap it, are left out. */
function causesOf(error: Error): readonly string[] {
  const texts: string[] = [];
  let shown = error.message;
  for (let cause = error.cause; cause !== undefined; ) {
    const text = messageOf(cause);
    if (!shown.includes(text) && !text.includes(error.message)) texts.push(text);
    shown += text;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return texts;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
