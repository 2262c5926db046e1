import type { Mesh, MeshModel } from '../../shared/definition/mesh.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { MeshConnection } from '../rpc/connect-mesh.ts';
import type { ReportProgress } from '../up/step-progress.ts';
import type { Finding } from './finding.ts';

type RegisteredVersion = NonNullable<
  ClientResponseOf<'mlmesh.registry.v1.RegistryService', 'getVersion'>['version']
>;

/** A running mesh, as the checks of a version need it. */
export interface CheckPlace {
  readonly connection: MeshConnection;
  /** What the mesh was started with. */
  readonly mesh: Mesh;
  /** Path of the public key that versions are trusted by. */
  readonly trustedKey: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
  /** Whether requests of the past are sent to a shadow even where callers have sent enough. */
  readonly isPastWanted: boolean;
  /** Says what is wrong with a command line of `mlmesh`; undefined where nothing is. */
  readonly faultOfCommand: (words: readonly string[]) => string | undefined;
}

/** A version with what everybody knows of it. */
export interface KnownVersion {
  readonly registered: RegisteredVersion;
  readonly provenance: NonNullable<RegisteredVersion['provenance']>;
}

/** A version under check. */
export interface CheckSubject extends CheckPlace, KnownVersion {
  readonly model: MeshModel;
  readonly version: number;
  /** Version that it would replace in production, or has replaced; 0 when there is none. */
  readonly baselineVersion: number;
  /** Version of the fallback model; 0 when there is none. */
  readonly fallbackVersion: number;
  /** Whether the router sends it what callers ask. */
  readonly isShadow: boolean;
  /** Time of the model, and what is kept for the fallback, ms. */
  readonly budgetMs: number;
  readonly reserveMs: number;
}

/** A version whose record alone is looked at, whether or not the mesh has its model. */
export interface RecordSubject extends CheckPlace, KnownVersion {}

/** What makes evidence. */
export type EvidenceProducer = RecordProducer | ModelProducer;

/** What makes evidence of what is recorded of a version. */
export interface RecordProducer extends ProducedKinds {
  readonly needs: 'record';
  /** Really does it, and gives what it found. @throws {MeshError} when it can't be done as things are, which is no finding */
  readonly run: (subject: RecordSubject) => Promise<readonly Finding[]>;
}

/** What makes evidence of how a version answers in a model of the mesh. */
export interface ModelProducer extends ProducedKinds {
  readonly needs: 'model';
  /** Really does it, and gives what it found. @throws {MeshError} when it can't be done as things are, which is no finding */
  readonly run: (subject: CheckSubject) => Promise<readonly Finding[]>;
}

/** What a producer makes. */
interface ProducedKinds {
  /** The kinds that it makes, in the order of its findings. */
  readonly kinds: readonly string[];
  /** What it does, for people. */
  readonly doing: string;
}

/**
 * Looks a version up, and what it is to be compared with.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN, and what registry and router say
 */
export async function checkSubject(
  place: CheckPlace,
  modelName: string,
  version: number,
): Promise<CheckSubject> {
  const { connection, mesh, signal } = place;
  const model = mesh.models[modelName];
  if (model === undefined) throw modelUnknown(mesh, modelName);
  const known = await knownVersion(place, modelName, version);
  const { aliases } = await connection.registry.listVersions({ model: modelName }, { signal });
  const held = (alias: string) => aliases.find((each) => each.alias === alias)?.version ?? 0;
  const { models } = await connection.router.getRouting({ model: modelName }, { signal });
  const [routing] = models;
  return {
    ...place,
    ...known,
    model,
    version,
    baselineVersion: held('production') === version ? held('previous') : held('production'),
    fallbackVersion: held('fallback'),
    isShadow: routing?.shadowVersions.includes(version) ?? false,
    budgetMs: routing?.modelBudgetMs ?? 0,
    reserveMs: routing?.reserveMs ?? 0,
  };
}

/** Gives a version with its provenance. @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, VERSION_UNKNOWN */
export async function knownVersion(
  { connection, signal }: Pick<CheckPlace, 'connection' | 'signal'>,
  model: string,
  version: number,
): Promise<KnownVersion> {
  const { version: registered } = await connection.registry.getVersion(
    { model, version },
    { signal },
  );
  if (registered?.provenance) return { registered, provenance: registered.provenance };
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'PROVENANCE_INCOMPLETE',
    message: `the registry gives no provenance of version ${version} of model '${model}'; \`mlmesh models verify\` says what does not hold`,
  });
}

function modelUnknown(mesh: Mesh, model: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `wanted a model of mesh '${mesh.name}' (${Object.keys(mesh.models).join(', ')}), got '${model}'`,
  });
}
