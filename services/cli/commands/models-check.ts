import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { CheckPlace } from '../evidence/check-subject.ts';
import {
  type Checklist,
  checkVersion,
  madeKinds,
  readChecklist,
} from '../evidence/check-version.ts';
import { exitCodes } from '../exit-code.ts';
import { formatDuration } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { runningDefinition } from '../running-definition.ts';
import { renderTable } from '../table.ts';
import { showStep } from '../up/step-progress.ts';
import { parseVersionOrAlias, type VersionRef } from '../version-ref.ts';

interface CheckOptions extends MeshOptions {
  readonly only?: string;
  readonly past?: true;
}

const modelText = 'its name, or model@version';
const versionText = 'its number, or an alias (default: the shadow, else production)';

/** Gives the command `models check`: makes the evidence that a version needs for production. */
export function checkCommand(context: CommandContext): Command {
  return newMeshCommand('check', {
    summary:
      'make the evidence that production asks for: audit, shadow, drills; attach it to the version',
    examples: [
      'models check flight-delay             the shadow',
      'models check flight-delay@4 --only parity,fallback-drill',
    ],
  })
    .argument('<model>', modelText)
    .argument('[version]', versionText)
    .option('--only <kinds>', 'these kinds of evidence alone, with commas between them')
    .option('--past', 'send a shadow requests of the past even where callers have sent enough')
    .addHelpText('after', checkHelp)
    .action((text: string, which: string | undefined, options: CheckOptions) =>
      withMesh(options, context, async (session) =>
        check(session, await versionOf(session, text, which), options),
      ),
    );
}

/** Gives the command `models checklist`: what keeps a version out of production, and what fills it. */
export function checklistCommand(context: CommandContext): Command {
  return newMeshCommand('checklist', {
    summary: 'show what keeps a version out of production, and the command that fills each item',
    examples: ['models checklist flight-delay', 'models checklist flight-delay@4 --json'],
  })
    .argument('<model>', modelText)
    .argument('[version]', versionText)
    .addHelpText('after', checklistHelp)
    .action((text: string, which: string | undefined, options: MeshOptions) =>
      withMesh(options, context, async (session) =>
        checklistResult(session, await versionOf(session, text, which)),
      ),
    );
}

const checkHelp = `
Kinds: ${madeKinds.join(', ')}.
Where callers have not sent enough, requests of the past are sent through the router: they are answered and logged as theirs are. Drills make
nothing hang but the requests of the drill.

Exit status: 0 when nothing keeps the version out of production, ${exitCodes.checkMissed} when something does.
`;

const checklistHelp = `
Exit status: 0 when nothing keeps the version out of production, ${exitCodes.checkMissed} when something does.
`;

async function check(
  session: MeshSession,
  { model, version }: VersionRef,
  options: CheckOptions,
): Promise<CommandResult> {
  const { mesh: connection, found, context } = session;
  const { clock, signal, faultOfCommand } = context;
  const only = options.only?.split(',').map((kind) => kind.trim());
  const mesh = await runningDefinition(found);
  await showStep(`check ${model}@${version}`, context, async (report) => {
    const { trustedKey } = found;
    const isPastWanted = options.past === true;
    const shared = { connection, mesh, trustedKey, clock, signal, faultOfCommand };
    const place: CheckPlace = { ...shared, report, isPastWanted };
    const findings = await checkVersion(place, { model, version, only });
    return `${findings.length} pieces of evidence attached`;
  });
  return checklistResult(session, { model, version });
}

/** Gives the version that a command line means. @throws {UsageError} @throws {MeshError} NOT_FOUND / ALIAS_UNKNOWN */
async function versionOf(
  session: MeshSession,
  text: string,
  named: string | undefined,
): Promise<VersionRef> {
  const { mesh } = session;
  const { signal } = session.context;
  const isNamed = text.includes('@') || named !== undefined;
  if (isNamed) {
    const { model, which } = parseVersionOrAlias(text, named);
    if (/^[1-9]\d*$/.test(which)) return { model, version: Number(which) };
    const { version } = await mesh.registry.getVersion({ model, alias: which }, { signal });
    return { model, version: version?.version ?? 0 };
  }
  const { aliases } = await mesh.registry.listVersions(
    { model: text, isAliasedOnly: true },
    { signal },
  );
  const shadow = aliases.find(({ alias, version }) => alias === 'shadow' && version > 0);
  if (shadow !== undefined) return { model: text, version: shadow.version };
  return versionOf(session, text, 'production');
}

async function checklistResult(
  { mesh, context }: MeshSession,
  { model, version }: VersionRef,
): Promise<CommandResult> {
  const { signal, clock } = context;
  const checklist = await readChecklist({ connection: mesh, signal }, model, version);
  if (!checklist.isComplete) context.setExitCode(exitCodes.checkMissed);
  return { json: checklist, text: renderChecklist(checklist, clock.epoch()) };
}

/** Longest evidence that a table shows. */
const shownCharsMax = 72;

function renderChecklist({ model, version, rows, isComplete }: Checklist, nowMs: number): string {
  const cells = rows.map(({ item, kind, gate, isRequired, state, why, attached, command }) => {
    const word = state.replace('CHECKLIST_STATE_', '').toLowerCase().replace('_', ' ');
    const isOpen = word === 'failed' || (isRequired && word !== 'passed');
    const madeAtMs = attached?.evidence?.madeAtMs;
    return [
      item,
      kind,
      gate,
      isRequired || attached === null || word === 'failed' ? word : `${word} (informs)`,
      why.length <= shownCharsMax ? why : `${why.slice(0, shownCharsMax - 3)}...`,
      madeAtMs === undefined ? '-' : ageText(nowMs - madeAtMs),
      isOpen ? command : '',
    ];
  });
  const heads = ['item', 'kind', 'gate', 'verdict', 'evidence', 'age', 'fill it with'];
  const verdict = isComplete
    ? `nothing keeps version ${version} of ${model} out of production: mlmesh models promote ${model}@${version} --reason "..."\n`
    : `version ${version} of ${model} can't go to production yet: mlmesh models check ${model}@${version}\n`;
  return `${renderTable(heads, cells)}\n${verdict}`;
}

const dayMs = 86_400_000;

function ageText(ms: number): string {
  if (ms >= 2 * dayMs) return `${Math.floor(ms / dayMs)} days`;
  if (ms >= 3_600_000) return `${Math.floor(ms / 3_600_000)} h`;
  return formatDuration(Math.max(0, ms));
}
