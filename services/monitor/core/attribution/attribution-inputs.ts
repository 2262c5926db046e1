import { numberAt, textAt } from '../alert-rule.ts';
import type { AlertEvidence } from '../alert-source.ts';

/** Answers of one version lately, with those that were bad in some way. */
export interface WitnessCounts {
  readonly requests: number;
  /** Its own doing: inference that fails, answers that are no numbers. */
  readonly errors: number;
  /** After the budget. */
  readonly timeouts: number;
  /** More than twice as late as is usual. */
  readonly slow: number;
}

/**
 * What blame is decided from, as plain numbers: production, the version before it on the same requests, everything that is asked on the way, the parity audit, and the windows of inputs and outputs.
 */
export interface AttributionInputs {
  /** The version that is in question; 0 where none is. */
  readonly version: number;
  readonly current: WitnessCounts;
  /** The version before on the same requests: as a shadow, or in the control cohort. */
  readonly previous: WitnessCounts;
  /** What triggered of the guard for the version, for people; empty where nothing did. */
  readonly triggers: string;
  /** Anytime-valid p-value of "its loss on known outcomes is not larger than the version before's by the margin"; 1 where no pair has an outcome. */
  readonly lossPValue: number;
  readonly lossPairs: number;
  /** Requests of callers and of shadows, and those of them that failed at something that the versions share. */
  readonly asked: number;
  readonly peerFailures: number;
  readonly shadowAsked: number;
  readonly shadowPeerFailures: number;
  /** Services that were heard before and are silent now. */
  readonly silentServices: number;
  /** Answers whose features were computed again, and those that differ. */
  readonly audited: number;
  readonly mismatches: number;
  /** Windows that were judged: 0 or 1. */
  readonly windowsJudged: number;
  readonly inputsDrifting: number;
  /** 1 where the mean of its outputs has moved, else 0. */
  readonly outputsMoved: number;
}

const prefix = 'blame.';
const cohorts = ['current', 'previous'] as const;
const counted = ['requests', 'errors', 'timeouts', 'slow'] as const;
const figures = [
  'version',
  'lossPValue',
  'lossPairs',
  'asked',
  'peerFailures',
  'shadowAsked',
  'shadowPeerFailures',
  'silentServices',
  'audited',
  'mismatches',
  'windowsJudged',
  'inputsDrifting',
  'outputsMoved',
] as const;

/** Gives the inputs as evidence of an alert, under names of their own; with the cause that was found, so that it can be compared later. */
export function attributionEvidence(inputs: AttributionInputs, cause: string): AlertEvidence {
  const evidence: Record<string, number | string> = {
    [`${prefix}cause`]: cause,
    [`${prefix}triggers`]: inputs.triggers,
  };
  for (const name of figures) evidence[`${prefix}${name}`] = inputs[name];
  for (const cohort of cohorts) {
    for (const name of counted) evidence[`${prefix}${cohort}.${name}`] = inputs[cohort][name];
  }
  return evidence;
}

/** Reads back what {@link attributionEvidence} wrote; undefined where an alert has none. */
export function storedAttribution(
  evidence: AlertEvidence,
): { readonly inputs: AttributionInputs; readonly cause: string } | undefined {
  if (!(`${prefix}cause` in evidence)) return undefined;
  const at = (name: string) => numberAt(evidence, `${prefix}${name}`);
  const countsOf = (cohort: (typeof cohorts)[number]): WitnessCounts => ({
    requests: at(`${cohort}.requests`),
    errors: at(`${cohort}.errors`),
    timeouts: at(`${cohort}.timeouts`),
    slow: at(`${cohort}.slow`),
  });
  return {
    cause: textAt(evidence, `${prefix}cause`),
    inputs: {
      version: at('version'),
      current: countsOf('current'),
      previous: countsOf('previous'),
      triggers: textAt(evidence, `${prefix}triggers`),
      lossPValue: at('lossPValue'),
      lossPairs: at('lossPairs'),
      asked: at('asked'),
      peerFailures: at('peerFailures'),
      shadowAsked: at('shadowAsked'),
      shadowPeerFailures: at('shadowPeerFailures'),
      silentServices: at('silentServices'),
      audited: at('audited'),
      mismatches: at('mismatches'),
      windowsJudged: at('windowsJudged'),
      inputsDrifting: at('inputsDrifting'),
      outputsMoved: at('outputsMoved'),
    },
  };
}
