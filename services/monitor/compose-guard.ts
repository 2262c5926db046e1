import type { Mesh } from '../shared/definition/mesh.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import type { ClientTls } from '../shared/platform/grpc/tls/secure-options.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import type { KeyValueStore } from '../shared/platform/store/key-value-store.ts';
import type { Telemetry } from '../shared/platform/telemetry/start-telemetry.ts';
import { LmdbVerdicts } from './adapters/lmdb-verdicts.ts';
import { RegistryReleases } from './adapters/registry-releases.ts';
import type { MonitorConfig } from './config.ts';
import type { AttributionInputs } from './core/attribution/attribution-inputs.ts';
import type { BusinessEvidence } from './core/rollback/business-harm.ts';
import type { GuardVerdict } from './core/verdict-record.ts';
import { CanaryVerdicts } from './guard/canary-verdicts.ts';
import { GuardAlerts } from './guard/guard-alerts.ts';
import { GuardLoop } from './guard/guard-loop.ts';
import { PromotionWatches } from './guard/promotion-watches.ts';
import type { PredictionStore } from './ports.ts';
import type { ReleasePosition } from './release-ports.ts';

/** What the guard of a monitor is made of. */
export interface GuardMaterial {
  readonly mesh: Mesh;
  readonly config: ServiceConfig;
  readonly settings: MonitorConfig;
  readonly files: KeyValueStore;
  readonly store: PredictionStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly tls: ClientTls | undefined;
  /** What a version brings to the business; undefined where it can't be compared. */
  readonly businessOf: (model: string, versions: ReleasePosition) => BusinessEvidence | undefined;
  /** Gives what blame is decided from for a verdict. */
  readonly blameOf: (verdict: GuardVerdict) => AttributionInputs;
}

/** Puts together what guards the versions in production, and those on trial. Call it before the first commit to the files: it opens tables. */
export function composeGuard(material: GuardMaterial) {
  const { mesh, config, settings, files, store, telemetry, clock, tls } = material;
  const guarded = new Map(Object.entries(mesh.models).map(([name, { policy }]) => [name, policy]));
  const verdicts = new LmdbVerdicts(files, settings.verdictsMax);
  const releases = new RegistryReleases(config.addresses, clock, tls);
  const shared = {
    clock,
    models: guarded,
    blameOf: material.blameOf,
    onError: (model: string, error: unknown) =>
      telemetry.log.warn('guard-failed', { model }, error),
    onRollback: ({ model, version, id, statement }: GuardVerdict) =>
      telemetry.log.warn('automatic-rollback', { model, version, verdict: id, statement }),
  };
  const watches = new PromotionWatches(store, guarded);
  const loop = new GuardLoop({
    ...shared,
    watches,
    releases,
    verdicts,
    businessOf: (position) => material.businessOf(position.model, position),
  });
  const trials = {
    watches: new PromotionWatches(store, guarded, 'ROLE_CANARY'),
    verdicts: new CanaryVerdicts(verdicts),
    isOfCanaries: true as const,
  };
  const canaryLoop = new GuardLoop({
    ...{ ...shared, ...trials },
    releases: releases.canaries(),
    // A canary has so few callers that its errors and its quality show long before its business does.
    businessOf: () => undefined,
  });
  const models = [...guarded.keys()];
  return {
    listeners: [watches, trials.watches],
    verdicts,
    loop,
    loops: [loop, canaryLoop],
    alerts: [
      new GuardAlerts({ models, loop, verdicts }),
      new GuardAlerts({ ...trials, models, loop: canaryLoop }),
    ],
    close: () => releases.close(),
  };
}
