import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CheckPlace } from '../evidence/check-subject.ts';
import {
  checkVersion,
  isMade,
  missingKinds,
  openKinds,
  readChecklist,
} from '../evidence/check-version.ts';
import { connectMesh, type MeshConnection } from '../rpc/connect-mesh.ts';
import type { UpStep } from './up-step.ts';

type Registered = ClientResponseOf<'mlmesh.registry.v1.RegistryService', 'listVersions'>;

/** A first start shares its cores with compilers and imports: what only time has failed is tried again. */
const attemptsMax = 4;

/**
 * Gives the step that brings the first version of a model into production, the way each goes there: it shadows on requests of the past, is checked,
 * and is promoted when its checklist is complete. Where it is not, the fallback model goes on answering.
 */
export function releaseStep(model: string): UpStep {
  return {
    name: `release ${model}`,
    async run(running, report, { clock, signal, faultOfCommand }) {
      using connection = connectMesh(running.addresses, clock, running.tls?.client);
      const { mesh, trustedKey } = running;
      const place = { connection, mesh, trustedKey, clock, signal, report, faultOfCommand };
      const before = await connection.registry.listVersions({ model }, { signal });
      const production = aliasOf(before, 'production');
      if (production === undefined) {
        const candidate = aliasOf(before, 'shadow')?.version ?? 0;
        if (candidate === 0) return 'there is no candidate: no version shadows';
        const lacking = await prove(place, model, candidate);
        if (lacking !== '') {
          return `version ${candidate} stays a shadow, ${lacking}: mlmesh models checklist ${model}`;
        }
        await promote(connection, { model, version: candidate, signal });
      }
      const after = await connection.registry.listVersions({ model }, { signal });
      const shadow = await shadowNext(connection, { model, held: after, signal });
      const beside = shadow === 0 ? '' : `, version ${shadow} shadows`;
      const version = aliasOf(after, 'production')?.version ?? 0;
      return version === 0
        ? 'no version is in production since the last rollback: the fallback model answers'
        : `version ${version} is in production${beside}`;
    },
  };
}

/** Makes the evidence that is missing, and says what still is; empty when nothing is. */
async function prove(
  place: Omit<CheckPlace, 'isPastWanted'>,
  model: string,
  version: number,
): Promise<string> {
  try {
    const missing = await proveKinds(place, model, version);
    return missing.length === 0 ? '' : `its checklist lacks ${missing.join(', ')}`;
  } catch (error) {
    // What can't be checked as things are is no reason not to serve: the fallback answers.
    if (error instanceof MeshError && error.code === 'FAILED_PRECONDITION') return error.message;
    throw error;
  }
}

async function proveKinds(
  place: Omit<CheckPlace, 'isPastWanted'>,
  model: string,
  version: number,
): Promise<readonly string[]> {
  const checklist = await readChecklist(place, model, version);
  let missing = missingKinds(checklist);
  for (let attempt = 1; attempt <= attemptsMax && missing.length > 0; attempt += 1) {
    // Latencies of a first attempt are those of code that was not compiled yet.
    const isPastWanted = attempt > 1;
    const only = isPastWanted ? missing.filter(isMade) : openKinds(checklist);
    if (only.length === 0) break;
    await checkVersion({ ...place, isPastWanted }, { model, version, only });
    missing = missingKinds(await readChecklist(place, model, version));
  }
  return missing;
}

interface Wanted {
  readonly model: string;
  readonly signal: AbortSignal;
}

async function promote(
  { registry }: MeshConnection,
  { model, version, signal }: Wanted & { readonly version: number },
): Promise<void> {
  const reason = 'first version: its checklist is complete';
  const move = { model, alias: 'production', version, expectedGeneration: 0, reason };
  await registry.promote(move, { signal });
}

/** Makes the candidate that was trained to shadow the first version its shadow; gives its number, or 0 when there is nothing to do. */
async function shadowNext(
  { registry }: MeshConnection,
  { model, held, signal }: Wanted & { readonly held: Registered },
): Promise<number> {
  const shadow = aliasOf(held, 'shadow');
  const isFirst = aliasOf(held, 'production')?.generation === 1;
  if (!isFirst || (shadow !== undefined && shadow.version !== 0)) return 0;
  const candidate = held.versions.find(
    ({ state, provenance }) =>
      state === 'VERSION_STATE_REGISTERED' &&
      candidateOf(provenance?.hyperparametersJson ?? '{}') === 'shadow',
  );
  if (candidate === undefined) return 0;
  const { version } = candidate;
  const reason = 'trained to shadow the first version';
  const expectedGeneration = shadow?.generation ?? 0;
  await registry.promote(
    { model, alias: 'shadow', version, expectedGeneration, reason },
    { signal },
  );
  return version;
}

/** Gives the part that a version was trained for. */
function candidateOf(hyperparametersJson: string): unknown {
  const value: unknown = JSON.parse(hyperparametersJson);
  return typeof value === 'object' && value !== null && 'candidate' in value
    ? value.candidate
    : undefined;
}

function aliasOf({ aliases }: Registered, name: string) {
  return aliases.find(({ alias }) => alias === name);
}
