import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { AttributionInputs } from '../core/attribution/attribution-inputs.ts';
import type { BusinessEvidence } from '../core/rollback/business-harm.ts';
import { type GuardRecord, recordDecision } from '../core/rollback/decide-rollback.ts';
import type { GuardInputs } from '../core/rollback/guard-inputs.ts';
import { guardStatement } from '../core/rollback/guard-statement.ts';
import type { PromotionWatch } from '../core/rollback/promotion-watch.ts';
import { type GuardVerdict, verdictId } from '../core/verdict-record.ts';
import type { ReleaseControl, ReleasePosition, VerdictStore } from '../release-ports.ts';
import { type GuardedModel, guardPolicyOf, type PromotionWatches } from './promotion-watches.ts';

/** What a guard loop is made of. */
export interface GuardLoopParts {
  readonly clock: Clock;
  readonly models: ReadonlyMap<string, GuardedModel>;
  readonly watches: PromotionWatches;
  readonly releases: ReleaseControl;
  readonly verdicts: VerdictStore;
  /** What the version of a position brings to the business; undefined where it is not measured, or can't be compared. */
  readonly businessOf: (position: ReleasePosition) => BusinessEvidence | undefined;
  /** Whether versions on trial are guarded, rather than what was promoted. */
  readonly isOfCanaries?: true;
  /** A look that failed, when the one before had not; the next one comes anyway. */
  readonly onError: (model: string, error: unknown) => void;
  readonly onRollback: (verdict: GuardVerdict) => void;
  /** Gives what blame is decided from for a verdict that is to be stored. */
  readonly blameOf: (verdict: GuardVerdict) => AttributionInputs;
}

/** Looks are a second apart: stretches are of 5 s, and a trigger is to be seen when its stretch is settled. */
const everyMs = durationMs(1_000);
/** While nothing changes a verdict is stored once a minute. */
const storedEveryMs = 60_000;
/** Reasons of the registry are of 500 characters. */
const reasonLengthMax = 480;

/** How a model stood at the last look. */
export interface GuardStand {
  readonly verdict: GuardVerdict;
  readonly position: ReleasePosition;
  /** Whether what the verdict asks for is done by itself. */
  readonly isOn: boolean;
}

/**
 * Guards the promoted version of each model: once a second it decides from what is known of the version and of the one before whether it goes back, stores each decision with its inputs, and has the registry take it back. The pointer is moved by compare-and-set from the version that was
 * looked at; the target was looked at just before.
 */
export class GuardLoop implements Component {
  readonly name = 'guard-loop';
  readonly #parts: GuardLoopParts;
  readonly #stands = new Map<string, GuardStand>();
  readonly #storedMs = new Map<string, number>();
  readonly #leaving = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: GuardLoopParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the guard loop stops'));
    await this.#running;
  }

  /** Gives how a model stood at the last look; undefined before the first, and while nothing is in production. */
  standOf(model: string): GuardStand | undefined {
    return this.#stands.get(model);
  }

  /** Looks at a model now. */
  async look(model: string, signal: AbortSignal): Promise<void> {
    const { releases, watches, models } = this.#parts;
    const guarded = models.get(model);
    const position = await releases.position(model, signal);
    watches.follow(model, position, this.#parts.clock.epoch());
    const watch = watches.watchOf(model);
    if (guarded === undefined || position === undefined || watch === undefined) {
      this.#stands.delete(model);
      return;
    }
    // Without traffic nothing is harmed, and nothing is missing. A router that is not heard of is told by another alert.
    if (this.#parts.clock.epoch() - watch.newestMs > guardPolicyOf(guarded).staleMs) {
      this.#stands.delete(model);
      return;
    }
    const verdict = this.#decide(guarded, position, watch);
    const { isOn } = guarded.autoRollback;
    await this.#keep(verdict);
    this.#stands.set(model, { verdict, position, isOn });
    if (isOn && verdict.record.decision.action === 'rollback')
      await this.#rollBack(verdict, signal);
  }

  async #run(): Promise<void> {
    const { signal } = this.#leaving;
    const { clock, models, watches, onError } = this.#parts;
    const open = new Set(models.keys());
    const failing = new Set<string>();
    while (!signal.aborted) {
      for (const model of models.keys()) {
        try {
          await this.look(model, signal);
          open.delete(model);
          failing.delete(model);
          if (open.size === 0) watches.started();
        } catch (error) {
          // A registry that is away for an hour is told once.
          if (!signal.aborted && !failing.has(model)) onError(model, error);
          failing.add(model);
        }
      }
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }

  #decide(guarded: GuardedModel, position: ReleasePosition, watch: PromotionWatch): GuardVerdict {
    const atMs = this.#parts.clock.epoch();
    const { model, version, previousVersion } = position;
    const { isOfCanaries } = this.#parts;
    const policy = guardPolicyOf(guarded);
    const inputs = this.#inputsOf(guarded, position, watch, atMs);
    const record = recordDecision(inputs, policy);
    return {
      kind: 'guard',
      id: verdictId(atMs, model, isOfCanaries ? 'canary' : 'guard'),
      model,
      version,
      baselineVersion: previousVersion,
      atMs,
      statement: guardStatement(inputs, record.decision),
      ...(isOfCanaries ? { isOfCanary: true } : {}),
      record,
    };
  }

  #inputsOf(
    guarded: GuardedModel,
    position: ReleasePosition,
    watch: PromotionWatch,
    atMs: number,
  ): GuardInputs {
    const { verdicts, businessOf } = this.#parts;
    const { model, version, previousVersion, generation } = position;
    const { qualityMargin } = guarded.autoRollback;
    const loss = watch.harm.find(qualityMargin, guardPolicyOf(guarded).slowAlpha);
    const last = verdicts.lastRollback(model);
    const isAfterRollback = last?.generation === generation && last.toVersion === version;
    const businessLift = businessOf(position);
    return {
      atMs,
      version: `version ${version}`,
      modelBudgetMs: guarded.modelBudgetMs,
      ...watch.inputsAt(atMs),
      hard: noFaults,
      slowHarm: loss.count === 0 ? {} : { quality: loss.harmPValue },
      ...(businessLift === undefined ? {} : { businessLift }),
      ...(loss.count === 0
        ? {}
        : {
            pairedLoss: {
              pairs: loss.count,
              entities: loss.entities,
              difference: loss.difference,
              margin: qualityMargin,
            },
          }),
      ...(previousVersion === 0
        ? {}
        : {
            target: {
              version: `version ${previousVersion}`,
              isWarm: position.isPreviousReady,
              // A prediction service has it ready only when its signature held.
              isVerified: position.isPreviousReady,
              isQuarantined: position.isPreviousQuarantined,
            },
          }),
      isHeldByHuman: false,
      isFrozen: false,
      rollbacksOfPromotion: isAfterRollback ? 1 : 0,
      ...(last === undefined ? {} : { rolledBackAtMs: last.atMs }),
    };
  }

  async #keep(verdict: GuardVerdict): Promise<void> {
    const known = this.#stands.get(verdict.model)?.verdict;
    const isNew =
      known === undefined ||
      gistOf(known.record) !== gistOf(verdict.record) ||
      verdict.atMs - (this.#storedMs.get(verdict.model) ?? 0) >= storedEveryMs;
    if (!isNew) return;
    await this.#parts.verdicts.append({ ...verdict, blame: this.#parts.blameOf(verdict) });
    this.#storedMs.set(verdict.model, verdict.atMs);
  }

  async #rollBack(verdict: GuardVerdict, signal: AbortSignal): Promise<void> {
    const { releases, verdicts, onRollback } = this.#parts;
    const { id, model, version, baselineVersion, atMs, statement } = verdict;
    const said = `automatic, ${id}: ${statement}`;
    const reason = said.length > reasonLengthMax ? `${said.slice(0, reasonLengthMax)}...` : said;
    const order = { model, fromVersion: version, reason };
    const generation = await releases.rollback(order, signal);
    await verdicts.keepRollback({
      model,
      fromVersion: version,
      toVersion: baselineVersion,
      generation,
      atMs,
      verdictId: id,
      statement,
    });
    onRollback(verdict);
    await releases.quarantine(order, signal);
  }
}

/** What no service tells the monitor yet: of the facts of a version alone, only its share of fallbacks is known here. */
const noFaults: GuardInputs['hard'] = {
  crashes: 0,
  signatureFailures: 0,
  schemaFailures: 0,
  notFinite: 0,
  goldenMismatches: 0,
};

function gistOf({ inputs, decision }: GuardRecord): string {
  const triggers = decision.triggers.map(({ speed, name }) => `${speed} ${name}`);
  return [inputs.version, decision.action, decision.reason, ...triggers].join('; ');
}
