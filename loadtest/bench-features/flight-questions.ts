import { loadMethod } from '../../services/shared/platform/grpc/load-proto.ts';
import { grpcFrame } from '../load/frames-file.ts';
import type { FeatureProcess } from './feature-process.ts';

/** The method that the benchmark reads through. */
export const readMethod = {
  service: 'mlmesh.feature.v1.FeatureService',
  key: 'getOnlineFeatures',
} as const;

/** What somebody wants to know: the features of some entities, each at its time. */
export interface Question {
  /** One a join key. */
  readonly keys: readonly string[];
  /** Epoch ms. */
  readonly atMs: number;
}

/** Encodes a query as a gRPC frame, by the contract's own codec. */
export function queryFrame(featureSetHash: string, questions: readonly Question[]): Buffer {
  const { definition } = loadMethod(readMethod.service, readMethod.key);
  return grpcFrame(definition.requestSerialize({ query: queryOf(featureSetHash, questions) }));
}

/** Gives the query for these questions. */
export function queryOf(
  featureSetHash: string,
  questions: readonly Question[],
): { featureSetHash: string; rows: number; keys: string[]; atMs: Buffer } {
  return {
    featureSetHash,
    rows: questions.length,
    keys: questions.flatMap(({ keys }) => keys),
    atMs: Buffer.from(Float64Array.from(questions, ({ atMs }) => atMs).buffer),
  };
}

/** The states of the benchmark reach to here: half of June is left, so that every window has its flights. */
export const nowMs = Date.UTC(2001, 5, 15, 18);

/** Questions come as in a live mesh, in the half hour after the newest event. */
const askedMs = 1_800_000;

/**
 * Reads the routes of real flights of the day around {@link nowMs}, at most `questionsMax`, and asks about them one after
 * the other, from then on.
 */
export async function flightQuestions(
  feature: FeatureProcess,
  questionsMax: number,
  signal: AbortSignal,
): Promise<readonly Question[]> {
  const routes: (readonly string[])[] = [];
  const interval = {
    source: 'flights',
    fromMs: nowMs - 43_200_000,
    untilMs: nowMs + 43_200_000,
    order: 'SOURCE_ORDER_EVENT_TIME',
  } as const;
  for await (const part of feature.client.readSource(interval, { signal })) {
    const column = (name: string) => part.columns.find((found) => found.name === name);
    const origins = column('origin')?.texts ?? [];
    const destinations = column('destination')?.texts ?? [];
    for (let row = 0; row < part.rows && routes.length < questionsMax; row += 1) {
      routes.push([origins[row] ?? '', destinations[row] ?? '']);
    }
  }
  if (routes.length === 0) throw new Error('the feature service has no flights of June 2001');
  return routes.map((keys, index) => ({
    keys,
    atMs: nowMs + 1 + Math.floor((index * askedMs) / routes.length),
  }));
}
