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

// States hold 15 days beyond what windows of 30 days reach: every question of the last days can be answered.
const fromMs = Date.UTC(2001, 5, 25);
const untilMs = Date.UTC(2001, 5, 26);

/** Reads the routes and times of real flights of one late day, in order, at most `questionsMax`. */
export async function flightQuestions(
  feature: FeatureProcess,
  questionsMax: number,
  signal: AbortSignal,
): Promise<readonly Question[]> {
  const questions: Question[] = [];
  const interval = {
    source: 'flights',
    fromMs,
    untilMs,
    order: 'SOURCE_ORDER_EVENT_TIME',
  } as const;
  for await (const part of feature.client.readSource(interval, { signal })) {
    const column = (name: string) => part.columns.find((found) => found.name === name);
    const origins = column('origin')?.texts ?? [];
    const destinations = column('destination')?.texts ?? [];
    const dates = new Float64Array(Uint8Array.from(column('date')?.numbers ?? []).buffer);
    for (let row = 0; row < part.rows && questions.length < questionsMax; row += 1) {
      const keys = [origins[row] ?? '', destinations[row] ?? ''];
      questions.push({ keys, atMs: dates[row] ?? 0 });
    }
  }
  if (questions.length === 0) throw new Error('the feature service has no flights of June 2001');
  return questions;
}
