import type { Mesh } from '../../shared/definition/mesh.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import type { AlertSource } from '../core/alert-source.ts';
import type { DecisionPolicy } from '../core/ledger.ts';
import type { BusinessEvidence } from '../core/rollback/business-harm.ts';
import { businessEvidence, type ReplacedVersion } from './business-evidence.ts';
import { BusinessLiftSource } from './business-lift-source.ts';
import { LiftDesk } from './lift-desk.ts';
import { type ModelFacts, modelFacts } from './model-facts.ts';
import { OutcomeLoop } from './outcome-loop.ts';
import { QualitySource } from './quality-source.ts';
import type { LogParts } from './scan-log.ts';

/** What outcomes are judged out of. */
export interface OutcomeParts extends LogParts {
  readonly mesh: Pick<Mesh, 'models'>;
  readonly policies: ReadonlyMap<string, DecisionPolicy>;
  readonly telemetry: Pick<Telemetry, 'log'>;
  /** Outcomes of a model so far. */
  readonly outcomesOf: (model: string) => number;
  /** Where the release of a model stands, as far as that is known. */
  readonly releaseOf: (model: string) => ReplacedVersion | undefined;
}

/** What judges outcomes. */
export interface Outcomes {
  readonly facts: ReadonlyMap<string, ModelFacts>;
  readonly loop: OutcomeLoop;
  readonly lifts: LiftDesk;
  readonly sources: readonly AlertSource[];
  /** What a guard is told of what a version brings to the business. */
  readonly businessOf: (model: string, versions: ReplacedVersion) => BusinessEvidence | undefined;
}

/** Puts together what judges outcomes. */
export function composeOutcomes(parts: OutcomeParts): Outcomes {
  const { mesh, policies, telemetry, store, clock, outcomesOf, releaseOf } = parts;
  const onError = (error: unknown) => telemetry.log.warn('outcomes-failed', {}, error);
  const servingVersion = (model: string) => releaseOf(model)?.version;
  const facts = modelFacts(mesh, policies);
  const lifts = new LiftDesk({ store, clock, servingVersion });
  const judged = { store, clock, facts, lifts, outcomesOf, servingVersion };
  const loop = new OutcomeLoop({ ...judged, onError });
  const businessOf = (model: string, versions: ReplacedVersion) => {
    const known = facts.get(model);
    return known && businessEvidence(loop.latest().get(model), known, versions);
  };
  const sources = [new BusinessLiftSource(loop, releaseOf), new QualitySource(loop, releaseOf)];
  return { facts, loop, lifts, sources, businessOf };
}
