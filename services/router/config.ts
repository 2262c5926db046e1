import { MeshError } from '../shared/kernel/mesh-error.ts';
import { durationMs } from '../shared/kernel/units.ts';
import type { HedgeOptions } from '../shared/platform/grpc/hedger.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of a router. */
export interface RouterConfig {
  /** Share of the requests without a caller's trace whose whole trace is exported, 0 to 1. Option `traceShare`; default 0.01. */
  readonly traceShare: number;
  /**
   * When a row of production that has no answer yet is sent to a second prediction service: option `hedgeAfter`, `p95` (when 95 % of the last answers
   * would have come) or ms; default 0, never. Option `hedgeShare` is the share of rows that may be, above 0 to 1; default 0.05.
   */
  readonly hedge: HedgeOptions | undefined;
}

const known: ReadonlySet<string> = new Set([
  'traceShare',
  'hedgeAfter',
  'hedgeShare',
  'trustedKey',
]);

/**
 * Reads the settings of a router.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function routerConfig({ options }: Pick<ServiceConfig, 'options'>): RouterConfig {
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw invalid(`the router has no option ${unknown}; wanted one of ${[...known].join(', ')}`);
  }
  const traceShare = options['traceShare'] ?? 0.01;
  if (typeof traceShare !== 'number' || !(traceShare >= 0 && traceShare <= 1)) {
    throw invalid(`wanted a share of 0 to 1 as traceShare, got ${String(traceShare)}`);
  }
  return { traceShare, hedge: hedgeOption(options) };
}

function hedgeOption(options: ServiceConfig['options']): HedgeOptions | undefined {
  const after = options['hedgeAfter'] ?? 0;
  const shareMax = options['hedgeShare'] ?? 0.05;
  if (typeof shareMax !== 'number' || !(shareMax > 0 && shareMax <= 1)) {
    throw invalid(`wanted a share above 0 to 1 as hedgeShare, got ${String(shareMax)}`);
  }
  if (after === 'p95') return { after, shareMax };
  if (typeof after !== 'number' || !(after >= 0 && after <= 60_000)) {
    throw invalid(`wanted p95, or 0 to 60000 ms, as hedgeAfter, got ${String(after)}`);
  }
  return after === 0 ? undefined : { after: durationMs(after), shareMax };
}

function invalid(message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message });
}
