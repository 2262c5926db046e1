import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';

type Monitor = 'mlmesh.monitor.v1.MonitorService';

/** Details with the requests themselves, where they were asked for. */
export type DetailWithPairs = ClientResponseOf<Monitor, 'compareShadow'>;

/** A shadow compared with its baseline: figures, gates and details, as the monitor gives them. */
export interface ComparedShadow {
  readonly model: string;
  readonly version: number;
  /** 0 means whatever answered while nothing was in production. */
  readonly baselineVersion: number;
  /** Join key of the segments; empty for none. */
  readonly segmentBy: string;
  readonly comparison: ClientResponseOf<Monitor, 'getComparison'>;
  readonly judged: ClientResponseOf<Monitor, 'judgeShadow'>;
  readonly detail: Omit<DetailWithPairs, 'pairs' | 'keyNames' | 'policyJson'>;
}

/** Names what a shadow is compared with, for people. */
export function baselineName({ baselineVersion }: Pick<ComparedShadow, 'baselineVersion'>): string {
  return baselineVersion === 0 ? 'the fallback' : `version ${baselineVersion}`;
}
