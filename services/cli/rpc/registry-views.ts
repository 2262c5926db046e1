import { readEvaluation } from '../../shared/compute/evaluation-file.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { downloadBlob } from '../../shared/platform/grpc/download-blob.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import { renderEvaluation } from '../evaluation-sheet.ts';
import { formatCount, formatHash, formatTime } from '../format.ts';
import type { CommandResult, MeshSession } from '../mesh-command.ts';
import { renderTable } from '../table.ts';
import type { VersionOrAlias } from '../version-ref.ts';
import { eventText } from './event-text.ts';

type Registry = 'mlmesh.registry.v1.RegistryService';
type Version = ClientResponseOf<Registry, 'listVersions'>['versions'][number];
type Alias = ClientResponseOf<Registry, 'listVersions'>['aliases'][number];
type ChecklistRow = ClientResponseOf<Registry, 'getChecklist'>['rows'][number];
type Event = ClientResponseOf<Registry, 'history'>['events'][number];

/** Lists versions and aliases of one model, or of all with '', as they stood at a time; 0 is now. */
export async function listModels(
  { mesh, context }: MeshSession,
  model: string,
  atMs: number,
): Promise<CommandResult> {
  const { signal } = context;
  const request = { model, atMs };
  const { versions, aliases } = await listVersionPages(mesh.registry, request, { signal });
  const rows = versions.map((version) => [
    version.model,
    version.version,
    aliases
      .filter((alias) => alias.model === version.model && alias.version === version.version)
      .map(aliasText)
      .join(', '),
    stateText(version),
    version.provenance?.artifactFormat ?? '-',
    metricsText(version, listedMetrics),
    formatTime(version.registeredAtMs),
    version.registeredBy,
  ]);
  const heads = [
    'model',
    'version',
    'aliases',
    'state',
    'format',
    'metrics',
    'registered (UTC)',
    'by',
  ];
  const text = rows.length === 0 ? nothingOf(model, 'no versions') : renderTable(heads, rows);
  return { json: { versions, aliases }, text };
}

/** Shows one version. */
export async function showVersion(
  { mesh, context }: MeshSession,
  { model, which }: VersionOrAlias,
): Promise<CommandResult> {
  const key = /^\d+$/.test(which)
    ? { version: Number(which), alias: '' }
    : { version: 0, alias: which };
  const { signal } = context;
  const { version, aliases } = await mesh.registry.getVersion({ model, ...key }, { signal });
  if (version === null) return { json: { version, aliases }, text: 'nothing is known of it\n' };
  const digest = version.provenance?.evaluationDigest ?? '';
  const request = { model: version.model, version: version.version };
  const { rows: checklist } = await mesh.registry.getChecklist(request, { signal });
  const text = `${renderVersion(version, aliases)}${evidenceText(checklist)}`;
  if (digest === '') return { json: { version, aliases, evaluation: null, checklist }, text };
  try {
    const evaluation = readEvaluation(await downloadBlob(mesh, digest, signal));
    const measured = renderEvaluation({ name: '', sets: evaluation.sets });
    const json = { version, aliases, evaluation, checklist };
    return { json, text: `${text}${measured}` };
  } catch (error) {
    // What is known of a version is known whether its evaluation can be read or not: another program may have registered it, and blobs are removed.
    if (!(error instanceof MeshError) || error.reason === 'CALL_CANCELLED') throw error;
    const why = `\nits evaluation can't be shown: ${error.message}\n`;
    return { json: { version, aliases, evaluation: null, checklist }, text: `${text}${why}` };
  }
}

/** Shows the log of one model, or of all with ''. */
export async function showHistory(
  { mesh, context }: MeshSession,
  model: string,
): Promise<CommandResult> {
  const { signal } = context;
  const events: Event[] = [];
  for (let fromSequence = 1; ; ) {
    const page = await mesh.registry.history({ model, fromSequence }, { signal });
    events.push(...page.events);
    const last = page.events.at(-1);
    if (last === undefined) break;
    fromSequence = last.sequence + 1;
  }
  const rows = events.map((event) => [
    event.sequence,
    formatTime(event.atMs),
    event.actor,
    eventText(event),
    formatHash(event.hash),
  ]);
  const heads = ['#', 'when (UTC)', 'who', 'what', 'hash'];
  const text =
    rows.length === 0 ? nothingOf(model, 'nothing has happened yet') : renderTable(heads, rows);
  return { json: { events }, text };
}

/** Moves an alias, unless somebody else moves it at the same time. */
export async function promoteVersion(
  { mesh, context }: MeshSession,
  wanted: {
    readonly model: string;
    readonly version: number;
    readonly alias: string;
    readonly reason: string;
    readonly isForced: boolean;
  },
): Promise<CommandResult> {
  const { model, version, alias, reason, isForced } = wanted;
  const { signal } = context;
  const before = await mesh.registry.listVersions({ model }, { signal });
  const seen = before.aliases.find((found) => found.alias === alias);
  const { aliases, sequence } = await mesh.registry.promote(
    { model, version, alias, reason, isForced, expectedGeneration: seen?.generation ?? 0 },
    { signal },
  );
  return { json: { aliases, sequence }, text: aliasLines(aliases) };
}

/** Moves production back to the previous version. */
export async function rollbackModel(
  { mesh, context }: MeshSession,
  wanted: { readonly model: string; readonly reason: string; readonly fromVersion: number },
): Promise<CommandResult> {
  const { signal } = context;
  const { aliases, sequence } = await mesh.registry.rollback(wanted, { signal });
  return { json: { aliases, sequence }, text: aliasLines(aliases) };
}

/** Says where aliases point now, a line each. */
export function aliasLines(aliases: readonly Alias[]): string {
  return aliases
    .map(({ model, alias, version, isForced }) =>
      version === 0
        ? `${model}: ${alias} points nowhere now\n`
        : `${model}: ${alias} is version ${version} now${isForced ? ', without a complete checklist' : ''}\n`,
    )
    .join('');
}

function nothingOf(model: string, what: string): string {
  return model === ''
    ? `${what}\n`
    : `${what} of a model called '${model}'; \`mlmesh models list\` shows those that there are\n`;
}

/** Names an alias, and says so when it was moved there without a complete checklist. */
function aliasText({ alias, isForced }: Alias): string {
  return isForced ? `${alias} (forced)` : alias;
}

/** Lists the evidence of a version, a line a kind. */
function evidenceText(rows: readonly ChecklistRow[]): string {
  return rows
    .filter(({ attached }) => attached !== null)
    .map(({ kind, state, why, attached }) => {
      const word = state.replace('CHECKLIST_STATE_', '').toLowerCase();
      return `${kind.padEnd(18)}${word}: ${why} (${formatTime(attached?.atMs ?? 0)} UTC by ${attached?.actor})\n`;
    })
    .join('');
}

function stateText({ state }: Version): string {
  return state.replace('VERSION_STATE_', '').toLowerCase();
}

/** What a list has room for; one version is shown with all of them. */
const listedMetrics = ['auc', 'log_loss', 'ece'];

function metricsText({ provenance }: Version, names?: readonly string[]): string {
  return Object.entries(provenance?.metrics ?? {})
    .filter(([name]) => names?.includes(name) ?? true)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join(', ');
}

function renderVersion(version: Version, aliases: readonly Alias[]): string {
  const { provenance } = version;
  const data = provenance?.trainingData;
  const line = (name: string, text: string) => `${name.padEnd(16)}${text}`;
  const lines = [
    line('model', `${version.model}, version ${version.version}`),
    line('aliases', aliases.map(aliasText).join(', ') || 'none'),
    line('state', stateText(version)),
    line('signature', `sha256 ${version.signatureDigest}`),
    line('registered', `${formatTime(version.registeredAtMs)} UTC by ${version.registeredBy}`),
  ];
  if (provenance !== null) {
    lines.push(
      line(
        'artifact',
        `${provenance.artifactFormat}, ${formatCount(provenance.artifactBytes)} bytes, sha256 ${provenance.artifactDigest}`,
      ),
      line('metrics', metricsText(version) || 'none were told'),
      ...(provenance.origin === null
        ? trainedLines(provenance, line)
        : originLines(provenance.origin, provenance.signature, line)),
    );
  }
  if (data !== null && data !== undefined) {
    lines.push(
      line(
        'trained on',
        `${formatCount(data.rows)} rows of ${formatTime(data.fromMs)} to ${formatTime(data.untilMs)} UTC, seed ${data.seed}`,
      ),
      line('data hash', data.dataHash),
    );
  }
  return `${lines.join('\n')}\n`;
}

type Provenance = NonNullable<Version['provenance']>;
type Line = (name: string, text: string) => string;

/** What is known of a version that was trained here. */
function trainedLines(provenance: Provenance, line: Line): readonly string[] {
  return [
    line('code', `${provenance.codeCommit}${provenance.isCodeDirty ? ' with changes' : ''}`),
    line('hyperparameters', provenance.hyperparametersJson),
    line('profile', `sha256 ${provenance.referenceProfileDigest}`),
    line('golden requests', `sha256 ${provenance.goldenRequestsDigest}`),
    line('data manifest', `sha256 ${provenance.trainingManifestDigest}`),
    line('evaluation', `sha256 ${provenance.evaluationDigest}`),
    line('trained by', environmentText(provenance.environment)),
    line('features', provenance.signature?.bindings.map(bindingText).join(', ') ?? '-'),
  ];
}

/** What is known of one that was not. */
function originLines(
  origin: NonNullable<Provenance['origin']>,
  signature: Provenance['signature'],
  line: Line,
): readonly string[] {
  const tensors = (list: NonNullable<Provenance['signature']>['inputs'] = []) =>
    list.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(', ')}]`).join(', ');
  const rows = signature?.batchRowsMax ?? 0;
  return [
    line('origin', `trained elsewhere; found in ${origin.source}, as ${origin.path}`),
    ...Object.entries(origin.files).map(([name, sha]) => line('file', `${name}, sha256 ${sha}`)),
    line(
      'trained on',
      origin.trainingData === 'declared'
        ? `data of sha256 ${origin.declaredDataHash}, as was declared`
        : 'unknown data',
    ),
    line('takes', tensors(signature?.inputs)),
    line('gives', tensors(signature?.outputs)),
    line('batches', rows === 0 ? 'requests are never joined' : `of at most ${rows} rows`),
  ];
}

function environmentText(environment: NonNullable<Version['provenance']>['environment']): string {
  if (environment === null) return '-';
  const { runtime, system, packages, command } = environment;
  const shown = packages.length > 6 ? `${packages.length} packages` : packages.join(', ');
  const by = command.length === 0 ? '' : `, by ${command.join(' ')}`;
  return `${runtime}, ${system}, ${shown}${by}`;
}

function bindingText(binding: {
  readonly name: string;
  readonly kind: string;
  readonly definitionHash: string;
}): string {
  const kind = binding.kind === 'feature' ? '' : ` (${binding.kind})`;
  return `${binding.name}@${formatHash(binding.definitionHash)}${kind}`;
}
