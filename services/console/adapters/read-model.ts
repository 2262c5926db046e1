import { isShadowAlias } from '../../shared/kernel/shadow-alias.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import { cohortsOf, rampOf } from '../core/cohorts.ts';
import type {
  AliasItem,
  ChecklistItem,
  ChecklistView,
  CohortItem,
  ComparisonItem,
  RampView,
  VersionItem,
} from '../core/views.ts';
import type { MeshClients } from './mesh-clients.ts';
import { wordOf } from './wire-words.ts';

/** Thousands of records are read for it. */
const dearMsMax = durationMs(10_000);

type Registry = 'mlmesh.registry.v1.RegistryService';
type WireVersion = ClientResponseOf<Registry, 'listVersions'>['versions'][number];
type WireRow = ClientResponseOf<Registry, 'getChecklist'>['rows'][number];
type WireComparison = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getComparison'>;

/** Gives the versions of a model, the newest first. */
export async function readVersions(
  { registry }: MeshClients,
  model: string,
  signal: AbortSignal,
): Promise<readonly VersionItem[]> {
  const { versions, aliases } = await listVersionPages(registry, { model }, { signal });
  return versions
    .map((version) => {
      const held = aliases.filter((alias) => alias.version === version.version);
      return versionItem(
        version,
        held.map(({ alias }) => alias),
      );
    })
    .reverse();
}

function versionItem(
  { version, state, provenance, registeredAtMs, registeredBy }: WireVersion,
  aliases: readonly string[],
): VersionItem {
  return {
    ...{ version, aliases, registeredAtMs, registeredBy },
    state: wordOf(state, 'VERSION_STATE_'),
    format: provenance?.artifactFormat ?? '',
    metrics: provenance?.metrics ?? {},
    trainedAtMs: provenance?.trainedAtMs ?? 0,
    codeCommit: provenance?.codeCommit ?? '',
    isCodeDirty: provenance?.isCodeDirty ?? false,
    trainingRows: provenance?.trainingData?.rows ?? 0,
  };
}

/** Gives the version that would go to production next: the canary, else a shadow, else what is there; 0 where nothing is. */
export function nextVersion(aliases: readonly AliasItem[]): number {
  const held = aliases.filter(({ version }) => version !== 0);
  const found =
    held.find(({ alias }) => alias === 'canary') ??
    held.find(({ alias }) => isShadowAlias(alias)) ??
    held.find(({ alias }) => alias === 'production');
  return found?.version ?? 0;
}

/** Gives what keeps a version out of production. */
export async function readChecklist(
  { registry }: MeshClients,
  model: string,
  version: number,
  signal?: AbortSignal,
): Promise<ChecklistView> {
  const options = signal === undefined ? {} : { signal };
  const { rows, isComplete } = await registry.getChecklist({ model, version }, options);
  return { version, isComplete, items: rows.map(checklistItem) };
}

function checklistItem(row: WireRow): ChecklistItem {
  const { item, kind, gate, isRequired, why, command, proves, attached } = row;
  return {
    ...{ item, kind, gate, isRequired, why, command, proves },
    state: stateOf(row.state),
    statement: attached?.evidence?.statement ?? '',
    figures: attached?.evidence?.figures ?? {},
    atMs: attached?.atMs ?? 0,
    by: attached?.actor ?? '',
  };
}

const checklistStates = [
  'passed',
  'failed',
  'inconclusive',
  'missing',
  'stale',
  'not required',
] as const;

function stateOf(state: string): ChecklistItem['state'] {
  const word = wordOf(state, 'CHECKLIST_STATE_');
  return checklistStates.find((known) => known === word) ?? 'missing';
}

/** Gives how each shadow compares with what answers callers, and how its gates stand. */
export function readComparisons(
  clients: MeshClients,
  model: string,
  aliases: readonly AliasItem[],
): Promise<readonly ComparisonItem[]> {
  const production = aliases.find(({ alias }) => alias === 'production')?.version ?? 0;
  const shadows = aliases.filter(({ alias, version }) => isShadowAlias(alias) && version !== 0);
  return Promise.all(
    shadows.map(async ({ version }) => {
      const request = { model, version, baselineVersion: production };
      const [compared, { items }] = await Promise.all([
        clients.monitor.getComparison(request, { timeoutMs: dearMsMax }),
        readChecklist(clients, model, version),
      ]);
      const gates = items.filter(({ item }) => item === 'shadow');
      return { ...comparisonItem(version, production, compared), gates };
    }),
  );
}

function comparisonItem(
  version: number,
  baselineVersion: number,
  compared: WireComparison,
): Omit<ComparisonItem, 'gates'> {
  const { expected, answered, failures, pairs, flips, flipShareUpper, scoreDifference, labelled } =
    compared;
  const isLabelled = labelled > 0;
  const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
  return {
    ...{ version, baselineVersion, expected, answered, failures, pairs, flips },
    ...{ flipShareUpper, scoreDifference, labelled },
    shadowAuc: compared.shadowAuc === 0 ? undefined : compared.shadowAuc,
    baselineAuc: compared.baselineAuc === 0 ? undefined : compared.baselineAuc,
    lossDifference: isLabelled ? compared.shadowLogLoss - compared.baselineLogLoss : undefined,
    lossDifferenceUpper: isLabelled ? finite(compared.lossDifferenceUpper) : undefined,
    shadowP50Ms: compared.shadowP50Ms,
    shadowP99Ms: finite(compared.shadowP99Ms),
  };
}

/** Gives who answers which share of the callers; nothing where the router does not serve the model. */
export async function readCohorts(
  { router }: MeshClients,
  model: string,
  signal: AbortSignal,
): Promise<readonly CohortItem[]> {
  const { models } = await router.getRouting({ model }, { signal });
  const [routed] = models;
  return routed === undefined ? [] : cohortsOf(routed);
}

/** Gives how the ramp of a model stands. */
export async function readRamp(
  { registry }: MeshClients,
  model: string,
  signal: AbortSignal,
): Promise<RampView> {
  const { traffic, rampSteps, holdForMs } = await registry.getTraffic({ model }, { signal });
  return rampOf({
    generation: traffic?.generation ?? 0,
    isShadowPaused: traffic?.isShadowPaused ?? false,
    canary: traffic?.canaryRamp ?? undefined,
    steps: rampSteps,
    holdForMs,
  });
}
