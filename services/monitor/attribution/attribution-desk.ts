import type { ParityFigures } from '../audit/parity-auditor.ts';
import { numberAt, textAt } from '../core/alert-rule.ts';
import type { AlertEvidence, FiringAlert } from '../core/alert-source.ts';
import { attributeFault, type FaultAttribution } from '../core/attribution/attribute-fault.ts';
import type { AttributionInputs, WitnessCounts } from '../core/attribution/attribution-inputs.ts';
import type { GuardInputs } from '../core/rollback/guard-inputs.ts';
import type { ServedCounts } from '../core/rollback/served-window.ts';
import type { ShareCounts } from '../core/share-window.ts';
import type { GuardVerdict } from '../core/verdict-record.ts';
import type { GuardStand } from '../guard/guard-loop.ts';
import { isCurrentWindow } from '../windows/current-window.ts';
import type { ClosedWindow } from '../windows/window-loop.ts';

/** Where the numbers come from. */
export interface AttributionParts {
  readonly guard: { standOf(model: string): GuardStand | undefined };
  readonly parityOf: (model: string) => Pick<ParityFigures, 'checked' | 'mismatches'>;
  readonly peersOf: (model: string) => {
    readonly callers: ShareCounts;
    readonly shadows: ShareCounts;
  };
  /** What windows say of a version, or of the one that answers most. */
  readonly windowOf: (model: string, version: number) => WindowFacts;
  /** Alerts of services that are silent. */
  readonly services: { firing(nowMs: number): readonly FiringAlert[] };
}

/** What windows say of a version. */
export type WindowFacts = Pick<
  AttributionInputs,
  'windowsJudged' | 'inputsDrifting' | 'outputsMoved'
>;

/** What is in question. */
export interface AttributionSubject {
  /** 0 means the version that the guard watches. */
  readonly version?: number;
  /** Of an alert of the guard: a version that was taken back is watched no more, and what was counted of it stands there. */
  readonly evidence?: AlertEvidence;
  /** What the guard says of it; by default what it said last. */
  readonly verdict?: GuardVerdict;
}

const nothing: WitnessCounts = { requests: 0, errors: 0, timeouts: 0, slow: 0 };

/** Gathers what blame is decided from, for a version of a model as it stands now. */
export class AttributionDesk {
  readonly #parts: AttributionParts;

  constructor(parts: AttributionParts) {
    this.#parts = parts;
  }

  /** Says who is to blame for what is wrong with a version now. */
  find(model: string, nowMs: number, version: number): FaultAttribution {
    return attributeFault(this.gather(model, nowMs, { version }));
  }

  /** Gives the inputs for the version of a verdict of the guard. */
  ofVerdict(verdict: GuardVerdict, nowMs: number): AttributionInputs {
    const { model, version } = verdict;
    return this.gather(model, nowMs, { version, verdict });
  }

  /** Gives the inputs for a model. */
  gather(
    model: string,
    nowMs: number,
    { version = 0, evidence = {}, verdict: given }: AttributionSubject,
  ): AttributionInputs {
    const { parityOf, peersOf, services, guard, windowOf } = this.#parts;
    const verdict = given ?? guard.standOf(model)?.verdict;
    const accused = version === 0 ? (verdict?.version ?? 0) : version;
    const { checked, mismatches } = parityOf(model);
    const { callers, shadows } = peersOf(model);
    return {
      version: accused,
      ...comparedOf(accused, verdict, evidence),
      asked: callers.all,
      peerFailures: callers.some,
      shadowAsked: shadows.all,
      shadowPeerFailures: shadows.some,
      silentServices: services.firing(nowMs).length,
      audited: checked,
      mismatches,
      ...windowOf(model, accused),
    };
  }
}

/** Gives what the newest windows say of a version, or of the one of the model that answers most. */
export function windowFacts(
  all: Iterable<ClosedWindow>,
  model: string,
  version: number,
): WindowFacts {
  const latest = [...all].filter((one) => one.model === model);
  const current = latest
    .filter((one) => one.version > 0 && isCurrentWindow(one, latest))
    .sort((left, right) => right.answer.answers - left.answer.answers);
  const window = current.find((one) => one.version === version) ?? current[0];
  if (window === undefined || !window.answer.isJudged) {
    return { windowsJudged: 0, inputsDrifting: 0, outputsMoved: 0 };
  }
  const { columns, output } = window.answer;
  const drifting = columns.filter((one) => one.side === 'input' && one.drifting.length > 0);
  return {
    windowsJudged: 1,
    inputsDrifting: drifting.length,
    outputsMoved: output.state.sinceMs === undefined ? 0 : 1,
  };
}

function comparedOf(
  version: number,
  verdict: GuardVerdict | undefined,
  evidence: AlertEvidence,
): Pick<AttributionInputs, 'current' | 'previous' | 'triggers' | 'lossPValue' | 'lossPairs'> {
  const triggers = textAt(evidence, 'triggers');
  if (triggers !== '') {
    return {
      current: storedCounts(evidence, ''),
      previous: storedCounts(evidence, 'previous'),
      triggers,
      ...{ lossPValue: 1, lossPairs: 0 },
    };
  }
  if (verdict === undefined || verdict.version !== version) {
    const none = { current: nothing, previous: nothing, triggers: '' };
    return { ...none, lossPValue: 1, lossPairs: 0 };
  }
  const { inputs, decision } = verdict.record;
  return {
    current: toCounts(inputs.current.fiveMinutes),
    previous: toCounts(inputs.previous.fiveMinutes),
    triggers: decision.triggers.map(({ speed, name }) => `${speed} ${name}`).join(', '),
    ...lossOf(inputs),
  };
}

function toCounts({ requests, errors, timeouts, slow }: ServedCounts): WitnessCounts {
  return { requests, errors, timeouts, slow };
}

/** Reads the counts that an alert of the guard carries. */
function storedCounts(evidence: AlertEvidence, whose: '' | 'previous'): WitnessCounts {
  const at = (kind: string) => {
    const count = numberAt(evidence, whose === '' ? kind : `${whose}_${kind}`);
    return Number.isFinite(count) ? count : 0;
  };
  const requests = numberAt(evidence, whose === '' ? 'requests' : 'previousRequests');
  return {
    requests: Number.isFinite(requests) ? requests : 0,
    errors: at('errors'),
    timeouts: at('timeouts'),
    slow: at('slow'),
  };
}

function lossOf({ slowHarm, pairedLoss }: GuardInputs) {
  return { lossPValue: slowHarm.quality ?? 1, lossPairs: pairedLoss?.pairs ?? 0 };
}
