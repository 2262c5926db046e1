import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { formatCount, formatHash } from '../format.ts';
import type { CommandResult, MeshSession } from '../mesh-command.ts';
import { renderTable } from '../table.ts';
import { aliasLines } from './registry-views.ts';

/** Longest value of a field that a table shows. */
const shownCharsMax = 60;

/** Shows in what two versions of a model differ. */
export async function diffModel(
  { mesh, context }: MeshSession,
  { model, left, right }: { readonly model: string; readonly left: number; readonly right: number },
): Promise<CommandResult> {
  const request = { model, leftVersion: left, rightVersion: right };
  const { differences } = await mesh.registry.diffVersions(request, { signal: context.signal });
  const rows = differences.map(({ path, leftJson, rightJson }) => [
    path,
    shown(leftJson),
    shown(rightJson),
  ]);
  const heads = ['field', `version ${left}`, `version ${right}`];
  const text = rows.length === 0 ? 'nothing differs\n' : renderTable(heads, rows);
  return { json: { differences }, text };
}

/** Marks a version as bad, or clears it. */
export async function quarantineVersion(
  { mesh, context }: MeshSession,
  wanted: {
    readonly model: string;
    readonly version: number;
    readonly reason: string;
    readonly isCleared: boolean;
  },
): Promise<CommandResult> {
  const answer = await mesh.registry.quarantine(wanted, { signal: context.signal });
  const what = wanted.isCleared ? 'is cleared' : 'is in quarantine';
  return {
    json: answer,
    text: `${wanted.model} version ${wanted.version} ${what}\n${aliasLines(answer.aliases)}`,
  };
}

/**
 * Verifies everything that the registry has.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT naming each fault
 */
export async function verifyModels(
  { mesh, context }: MeshSession,
  isChainOnly: boolean,
): Promise<CommandResult> {
  const faults: string[] = [];
  const { signal } = context;
  let done: object = {};
  let text = '';
  for await (const told of mesh.registry.verifyLog({ isChainOnly }, { signal })) {
    if (told.fault !== '') faults.push(told.fault);
    const { events, blobs, signatures, hash, isDone } = told;
    done = { events, blobs, signatures, hash, isDone };
    text = `${formatCount(events)} events, ${formatCount(blobs)} blobs and ${formatCount(signatures)} signatures hold; the log ends with ${formatHash(hash)}\n`;
  }
  if (faults.length === 0) return { json: { ...done, faults }, text };
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'LOG_CORRUPT',
    message: `${faults.length} things do not hold: ${faults.join('; ')}`,
  });
}

function shown(json: string): string {
  if (json === '') return '-';
  return json.length <= shownCharsMax ? json : `${json.slice(0, shownCharsMax - 3)}...`;
}
