import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { UsageError } from '../exit-code.ts';
import { attachFinding } from './attach-finding.ts';
import { businessProducer } from './business-producer.ts';
import {
  type CheckPlace,
  type CheckSubject,
  checkSubject,
  type EvidenceProducer,
  knownVersion,
} from './check-subject.ts';
import { fallbackDrill, rollbackDrill } from './drill-producers.ts';
import type { Finding } from './finding.ts';
import { goldenProducer } from './golden-producer.ts';
import { dashboardsProducer, runbookProducer } from './operations-producers.ts';
import { profileProducer, provenanceProducer } from './provenance-producer.ts';
import { resourcesProducer } from './resources-producer.ts';
import { parityProducer, shadowProducer } from './traffic-producers.ts';

/** The checklist of a version, as the registry gives it. */
export type Checklist = ClientResponseOf<'mlmesh.registry.v1.RegistryService', 'getChecklist'>;

/** Whatever makes evidence, in the order in which it runs: the shadow's requests are what parity is audited on. */
const producers: readonly EvidenceProducer[] = [
  provenanceProducer,
  profileProducer,
  dashboardsProducer,
  runbookProducer,
  goldenProducer,
  resourcesProducer,
  shadowProducer,
  parityProducer,
  businessProducer,
  fallbackDrill,
  rollbackDrill,
];

/** Kinds of evidence that {@link checkVersion} can make. */
export const madeKinds: readonly string[] = producers.flatMap(({ kinds }) => kinds);

/** Tells whether {@link checkVersion} can make a kind of evidence. */
export function isMade(kind: string): boolean {
  return madeKinds.includes(kind);
}

/** A version to check. */
export interface CheckWish {
  readonly model: string;
  readonly version: number;
  /** Kinds of evidence that are wanted; undefined means all. */
  readonly only: readonly string[] | undefined;
}

/**
 * Makes evidence about a version and attaches it, each piece as soon as it is there. Gives the findings.
 * @throws {UsageError} for a kind that nothing makes
 * @throws {MeshError} what the producers and the registry say
 */
export async function checkVersion(
  place: CheckPlace,
  { model, version, only }: CheckWish,
): Promise<readonly Finding[]> {
  const unknown = only?.find((kind) => !madeKinds.includes(kind));
  if (unknown !== undefined) {
    throw new UsageError(`--only: wanted one of ${madeKinds.join(', ')}, got '${unknown}'`);
  }
  const wanted = producers.filter(
    ({ kinds }) => !only || kinds.some((kind) => only.includes(kind)),
  );
  const findings: Finding[] = [];
  const record = { ...place, ...(await knownVersion(place, model, version)) };
  const { artifactDigest } = record.provenance;
  let known: CheckSubject | undefined;
  // A model of foreign origin is none of the mesh file, and what is recorded of it can be checked all the same.
  const subjectOf = async () => {
    known ??= await checkSubject(place, model, version);
    return known;
  };
  for (const [index, producer] of wanted.entries()) {
    place.signal.throwIfAborted();
    const share = (done: number) => (index + done) / wanted.length;
    place.report(share(0), producer.doing);
    const report: CheckPlace['report'] = (done, text) => place.report(share(done), text);
    const found =
      producer.needs === 'record'
        ? await producer.run({ ...record, report })
        : await producer.run({ ...(await subjectOf()), report });
    for (const finding of found) {
      if (only !== undefined && !only.includes(finding.kind)) continue;
      const command = `mlmesh models check ${model}@${version} --only ${finding.kind}`;
      await attachFinding(place, { model, version, artifactDigest, command }, finding);
      findings.push(finding);
    }
  }
  return findings;
}

/** Gives the checklist of a version. */
export function readChecklist(
  { connection, signal }: Pick<CheckPlace, 'connection' | 'signal'>,
  model: string,
  version: number,
): Promise<Checklist> {
  return connection.registry.getChecklist({ model, version }, { signal });
}

/** Gives the kinds that something makes and that do not pass, those that only inform among them. */
export function openKinds({ rows }: Checklist): readonly string[] {
  return rows
    .filter(({ kind, state }) => madeKinds.includes(kind) && state !== 'CHECKLIST_STATE_PASSED')
    .map(({ kind }) => kind);
}

/** Gives the kinds that keep a version out of production. */
export function missingKinds({ rows }: Checklist): readonly string[] {
  return rows
    .filter(
      ({ isRequired, state }) =>
        state === 'CHECKLIST_STATE_FAILED' || (isRequired && state !== 'CHECKLIST_STATE_PASSED'),
    )
    .map(({ kind }) => kind);
}
