import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of a router. */
export interface RouterConfig {
  /** Share of the requests without a caller's trace whose whole trace is exported, 0 to 1. Option `traceShare`; default 0.01. */
  readonly traceShare: number;
}

/**
 * Reads the settings of a router.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function routerConfig({ options }: ServiceConfig): RouterConfig {
  const traceShare = options['traceShare'] ?? 0.01;
  if (typeof traceShare !== 'number' || !(traceShare >= 0 && traceShare <= 1)) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CONFIG',
      message: `wanted a share of 0 to 1 as traceShare, got ${String(traceShare)}`,
    });
  }
  return { traceShare };
}
