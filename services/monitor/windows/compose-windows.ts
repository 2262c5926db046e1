import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { monitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import { LmdbWindows } from '../adapters/lmdb-windows.ts';
import { RegistryReferences } from '../adapters/registry-references.ts';
import type { MonitorConfig } from '../config.ts';
import type { AlertSource } from '../core/alert-source.ts';
import type { AnswerCounters } from '../journal/prediction-journal.ts';
import type { PredictionStore } from '../ports.ts';
import { CounterBook } from './counter-book.ts';
import { DriftDesk } from './drift-desk.ts';
import { InputDriftSource } from './input-drift-source.ts';
import { OutputDriftSource } from './output-drift-source.ts';
import { ReferenceDesk } from './reference-desk.ts';
import { WindowLoop } from './window-loop.ts';

/** What windows are made of. */
export interface WindowParts {
  readonly mesh: Pick<Mesh, 'models'>;
  readonly files: KeyValueStore;
  readonly settings: Pick<MonitorConfig, 'driftWindowsMax'>;
  readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>;
  readonly predictions: PredictionStore;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'log'>;
  /** Number of the last batch that was counted. */
  readonly counted: () => number;
}

/** What counts answers and judges their windows. */
export interface Windows {
  readonly counters: AnswerCounters;
  readonly loop: WindowLoop;
  readonly drift: DriftDesk;
  /** What windows say of inputs and outputs. */
  readonly sources: readonly AlertSource[];
  /** Takes up what is stored, before the log is counted; gives the number of the last batch that was ever counted. */
  readonly restore: () => number;
  /** Where counts are kept, for who bounds it. */
  readonly retained: RetainedLog;
}

/** Puts together what counts answers and judges their windows. */
export function composeWindows(parts: WindowParts): Windows {
  const { mesh, files, settings, registry, feature, predictions, clock, counted } = parts;
  const windowsMax = settings.driftWindowsMax;
  const store = new LmdbWindows(files, { windowsMax, now: () => clock.epoch() });
  const source = new RegistryReferences(registry, feature);
  const onError = (error: unknown) => parts.telemetry.log.warn('windows-failed', {}, error);
  const desk = new ReferenceDesk({ source, store, clock, featureSets: setsOf(mesh) });
  const book = new CounterBook((key) => desk.kept(key));
  const byDefault = monitoringPlan();
  const planOf = (model: string) => mesh.models[model]?.policy.monitoring ?? byDefault;
  const loop = new WindowLoop({
    ...{ book, desk, windows: store, predictions, clock, planOf, counted, onError },
  });
  return {
    counters: { count: (prediction) => book.count(prediction), room: () => loop.room() },
    loop,
    drift: new DriftDesk({ book, desk, loop, windows: store, planOf }),
    sources: [new InputDriftSource(loop), new OutputDriftSource(loop)],
    retained: store,
    restore() {
      loop.restore();
      return Math.max(0, ...[...store.versions()].map(({ countedThrough }) => countedThrough));
    },
  };
}

function setsOf({ models }: Pick<Mesh, 'models'>): ReadonlyMap<string, FeatureSetPlan> {
  return new Map(
    Object.values(models).flatMap(({ featureSet }) =>
      featureSet === undefined ? [] : [[featureSet.hash, featureSet] as const],
    ),
  );
}
