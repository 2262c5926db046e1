import { toValue } from '../../client/to-value.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { formatCount } from '../format.ts';
import { exampleRequest, examplesOf, labelFunction } from '../replay/example-request.ts';
import { getFeatureValues } from '../rpc/feature-values.ts';
import { readSource } from '../rpc/source-stream.ts';
import type { CheckSubject } from './check-subject.ts';

/** A request of the past, and what came of it. */
export interface PastRequest {
  readonly request: {
    readonly model: string;
    readonly entities: Record<string, string>;
    readonly requestFeatures: Record<string, ReturnType<typeof toValue>>;
    readonly atMs: number;
  };
  /** 1 or 0; NaN when it is not known. */
  readonly label: number;
  /** When that was known, epoch ms. */
  readonly observedMs: number;
}

/** Parts of the past that are asked about: as many hours of the day and days of the week are among them. */
const partsMax = 16;
const outcomesPerCallMax = 1_024;
/** Requests under way at once: two, so that what is measured is the shadow and not a queue, and one where that was wanted anew. */
const inFlightMax = 2;
/** Requests that no log takes, before the others: the first ones of a process run code that nobody has compiled yet. */
const warmRequests = 200;

/**
 * Reads at most `requestsMax` requests, spread over the interval that the model's pipeline validates on: what its versions have not learnt from.
 * @throws {MeshError} FAILED_PRECONDITION / SOURCE_MISSING when the mesh has no examples of the model
 */
export async function readPastRequests(
  { connection, mesh, model, signal }: CheckSubject,
  requestsMax: number,
): Promise<readonly PastRequest[]> {
  const source = examplesOf(mesh, model);
  if (source === undefined) throw noExamples(model.name);
  const { fromMs, untilMs } = model.pipeline.validate;
  const labelOf = labelFunction(model, source);
  const requests: PastRequest[] = [];
  const partMs = (untilMs - fromMs) / partsMax;
  for (let part = 0; part < partsMax; part += 1) {
    const wanted = Math.ceil((requestsMax * (part + 1)) / partsMax);
    const interval = {
      source: source.name,
      fromMs: Math.ceil(fromMs + part * partMs),
      untilMs: Math.floor(fromMs + (part + 1) * partMs),
      order: 'SOURCE_ORDER_EVENT_TIME' as const,
    };
    for await (const rows of readSource(connection, interval, signal)) {
      for (let index = 0; index < rows.rows && requests.length < wanted; index += 1) {
        const { entities, features, at } = exampleRequest(model, source.eventTime, rows, index);
        const inputs = Object.entries(features).map(([name, value]) => [
          name,
          toValue(name, value),
        ]);
        requests.push({
          request: {
            model: model.name,
            entities: { ...entities },
            requestFeatures: Object.fromEntries(inputs),
            atMs: at.getTime(),
          },
          label: labelOf(rows, index),
          observedMs: at.getTime() + source.visibleAfterMs,
        });
      }
      if (requests.length >= wanted) break;
    }
  }
  return requests;
}

/**
 * Reads requests of the past and asks them anew, right after the newest event of all: a drill is about who answers, and the online state may have let go of
 * the time that they come from, but never of that one.
 * @throws {MeshError} as {@link readPastRequests}
 */
export async function readDrillRequests(
  subject: CheckSubject,
  requestsMax: number,
): Promise<readonly PastRequest[]> {
  const { connection, signal } = subject;
  const { views } = await connection.feature.listDefinitions({}, { signal });
  const newestMs = Math.max(0, ...views.map(({ newestEventMs }) => newestEventMs));
  return askedAfter(await readPastRequests(subject, requestsMax), newestMs);
}

/** Gives requests as of right after a time; those that come later stay as they are. */
export function askedAfter(
  requests: readonly PastRequest[],
  newestMs: number,
): readonly PastRequest[] {
  return requests.map((one) => {
    const atMs = Math.max(one.request.atMs, newestMs + 1);
    return { ...one, request: { ...one.request, atMs } };
  });
}

/**
 * Makes sure that a version has not learnt from the interval that requests of the past are taken from: it would be measured on what it knows.
 * @throws {MeshError} FAILED_PRECONDITION / EVIDENCE_MISMATCH
 */
export function assertUnseen(
  learnt: { readonly fromMs: number; readonly untilMs: number },
  asked: { readonly fromMs: number; readonly untilMs: number },
): void {
  if (learnt.untilMs <= asked.fromMs || learnt.fromMs >= asked.untilMs) return;
  const text = (ms: number) => new Date(ms).toISOString();
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'EVIDENCE_MISMATCH',
    message: `wanted requests of the past that the version has not learnt from, but it was trained on ${text(learnt.fromMs)} to ${text(learnt.untilMs)}, and the mesh file validates on ${text(asked.fromMs)} to ${text(asked.untilMs)}; let callers' requests be the evidence, or train a version with this mesh file`,
  });
}

/**
 * Sends requests of the past through the router as callers' are, shadows included, and records what came of them. Gives how many of them a version was to answer: the
 * control cohort has its share.
 * @throws {MeshError} FAILED_PRECONDITION / HISTORY_PRUNED when the features of that time are not there any more
 */
export async function replayPast(
  subject: CheckSubject,
  requests: readonly PastRequest[],
): Promise<number> {
  await assertFeatures(subject, requests);
  const { connection, version, report, signal, isPastWanted } = subject;
  for (const { request } of requests.slice(0, warmRequests)) {
    await connection.router.drill({ request, version }, { signal });
  }
  const outcomes: { predictionId: string; label: number; observedAtMs: number }[] = [];
  const inFlight = new Set<Promise<void>>();
  let [sent, toVersions] = [0, 0];
  for (const past of requests) {
    if (inFlight.size >= (isPastWanted ? 1 : inFlightMax)) await Promise.race(inFlight);
    const call = connection.router
      .drill({ request: past.request }, { signal })
      .then(({ response }) => {
        inFlight.delete(call);
        const { label, observedMs } = past;
        if (response !== null && response.role !== 'ROLE_CONTROL') toVersions += 1;
        if (response === null || Number.isNaN(label)) return;
        outcomes.push({ predictionId: response.predictionId, label, observedAtMs: observedMs });
      });
    inFlight.add(call);
    sent += 1;
    if (sent % 100 === 0) {
      report(sent / requests.length, `${formatCount(sent)} requests of the past`);
    }
  }
  await Promise.all(inFlight);
  for (let from = 0; from < outcomes.length; from += outcomesPerCallMax) {
    const some = outcomes.slice(from, from + outcomesPerCallMax);
    await connection.monitor.recordOutcomes({ outcomes: some }, { signal });
  }
  return toVersions;
}

/** Makes sure that the features of that time are still there: what is compared on defaults proves nothing. */
async function assertFeatures(
  { connection, model, signal }: CheckSubject,
  requests: readonly PastRequest[],
): Promise<void> {
  const { featureSet, joinKeys, name } = model;
  const every = Math.max(1, Math.floor(requests.length / partsMax));
  for (const { request } of requests.filter((_, index) => index % every === 0)) {
    const { entities, atMs } = request;
    const keys = joinKeys.map((key) => entities[key.name] ?? '');
    try {
      await getFeatureValues(connection, { featureSet, keys, atMs }, signal);
    } catch (error) {
      if (!(error instanceof MeshError) || error.reason !== 'HISTORY_PRUNED') throw error;
      throw pastIsGone(name, atMs, error);
    }
  }
}

function pastIsGone(model: string, atMs: number, cause: MeshError): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'HISTORY_PRUNED',
    message: `wanted to ask model '${model}' again what was asked at ${new Date(atMs).toISOString()}, but the online state has let go of that time; let callers' requests be the evidence`,
    cause,
  });
}

function noExamples(model: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SOURCE_MISSING',
    message: `wanted the source that model '${model}' learns from, to ask again what was asked in the past; this mesh has none`,
  });
}
