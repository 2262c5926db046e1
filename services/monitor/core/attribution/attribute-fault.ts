import { shareUpper } from '../binomial.ts';
import { fisherUpper } from '../statistics/share-tests.ts';
import type { AttributionInputs, WitnessCounts } from './attribution-inputs.ts';

/** What may be to blame: the version; features that are served otherwise than they are defined; what all versions depend on; the world that the inputs come from. */
export type FaultCause = 'model' | 'features' | 'dependency' | 'world';

/** How one cause stands. */
export interface CauseFinding {
  readonly cause: FaultCause;
  readonly verdict: 'blamed' | 'cleared' | 'unknown';
  /** Why, with its numbers, for people. */
  readonly why: string;
}

/** Who is to blame. */
export interface FaultAttribution {
  /** The causes that are blamed, joined by ` and `; `none` where all are cleared, else `unknown`. */
  readonly cause: string;
  /** One for each cause, in the order of {@link FaultCause}. */
  readonly findings: readonly CauseFinding[];
}

/** Of chance, where both versions are alike; shared by three kinds of failure. As a guard has it. */
const faultAlpha = 1e-4;
const lossAlpha = 0.01;
/** Below so many failures nothing is said of a version. */
const failuresMin = 20;
/** Requests of the other version below which it is no witness. */
const witnessMin = 20;
const askedMin = 50;
/** 0.01: twice the budget that errors have by default; what all versions share fails seldom, or is unwell. */
const peerShareMax = 0.01;
/** Audited answers from which on none that differs says that fewer than 1 % do (rule of three). */
const auditedMin = 300;

const kinds = ['errors', 'timeouts', 'slow'] as const;
const kindTexts = { errors: 'errors', timeouts: 'late answers', slow: 'slow answers' } as const;

/**
 * Decides who is to blame for what is wrong with a model, from what other versions made of the same requests. A pure table: each cause by itself, so that two may be blamed at once.
 *
 * | cause | blamed | cleared | else |
 * | model | it does worse than the version before on the same requests, by chance in at most 1 of 10,000 looks, or its loss on known outcomes is worse | another version saw the same requests and did no better | unknown |
 * | features | an audited answer differs from its recomputation | 300 were equal | unknown |
 * | dependency | more than 1 % of the requests fail at something that versions share, both versions fail alike, or a service is silent | 50 requests, and no such thing | unknown |
 * | world | inputs have left the reference or outputs have moved, and features are not blamed | a window was judged, and nothing moved | unknown |
 */
export function attributeFault(inputs: AttributionInputs): FaultAttribution {
  const features = judgeFeatures(inputs);
  const findings = [
    judgeModel(inputs),
    features,
    judgeDependency(inputs),
    judgeWorld(inputs, features.verdict === 'blamed'),
  ];
  const blamed = findings.filter(({ verdict }) => verdict === 'blamed');
  const isClear = findings.every(({ verdict }) => verdict === 'cleared');
  if (blamed.length === 0) return { cause: isClear ? 'none' : 'unknown', findings };
  return { cause: blamed.map(({ cause }) => cause).join(' and '), findings };
}

/** Says in two sentences who is to blame and on what evidence. */
export function attributionText({ cause, findings }: FaultAttribution): string {
  const said = findings.map(
    ({ cause: each, verdict, why }) => `${nameOf(each)} ${verdictTexts[verdict]}: ${why}`,
  );
  return `Who is to blame: ${leadOf(cause)}. ${said.map(capital).join('; ')}.`;
}

function leadOf(cause: string): string {
  if (cause === 'none') return 'nothing that is looked at';
  if (cause === 'unknown') return 'that can not be said';
  return cause.split(' and ').map(nameOf).join(' and ');
}

const verdictTexts = { blamed: 'is to blame', cleared: 'is cleared', unknown: 'is open' } as const;

function nameOf(cause: string): string {
  switch (cause) {
    case 'features':
      return 'the feature pipeline';
    case 'dependency':
      return 'what the versions depend on';
    default:
      return `the ${cause}`;
  }
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function judgeModel(inputs: AttributionInputs): CauseFinding {
  const { current, previous, triggers, lossPValue, lossPairs } = inputs;
  const worse = kinds.filter((kind) => isWorse(kind, current, previous));
  const loss = lossPValue < lossAlpha ? [`loss on ${lossPairs} known outcomes`] : [];
  const found = [...worse.map((kind) => comparedText(kind, inputs)), ...loss];
  const cause = 'model';
  if (found.length > 0) {
    return { cause, verdict: 'blamed', why: `worse on the same requests: ${found.join(', ')}` };
  }
  if (triggers !== '') return { cause, verdict: 'blamed', why: `the guard found ${triggers}` };
  if (previous.requests < witnessMin || current.requests < witnessMin) {
    return { cause, verdict: 'unknown', why: 'no other version saw enough of the same requests' };
  }
  const bad = kinds.map((kind) => comparedText(kind, inputs)).join(', ');
  return { cause, verdict: 'cleared', why: `no worse than the version before: ${bad}` };
}

function isWorse(
  kind: (typeof kinds)[number],
  current: WitnessCounts,
  previous: WitnessCounts,
): boolean {
  if (previous.requests < witnessMin || current[kind] < failuresMin) return false;
  const p = fisherUpper(
    { count: previous[kind], rows: previous.requests },
    { count: current[kind], rows: current.requests },
  );
  return p < faultAlpha / kinds.length;
}

function comparedText(kind: (typeof kinds)[number], inputs: AttributionInputs): string {
  const { current, previous } = inputs;
  return `${kindTexts[kind]} ${current[kind]} of ${current.requests} against ${previous[kind]} of ${previous.requests}`;
}

function judgeFeatures({ audited, mismatches }: AttributionInputs): CauseFinding {
  const cause = 'features';
  if (mismatches > 0) {
    const why = `${mismatches} of ${audited} audited answers had other features than their recomputation`;
    return { cause, verdict: 'blamed', why };
  }
  const why = `${audited} audited answers, equal bit for bit`;
  if (audited >= auditedMin) return { cause, verdict: 'cleared', why };
  return { cause, verdict: 'unknown', why: `${why}, and ${auditedMin} would clear it` };
}

function judgeDependency(inputs: AttributionInputs): CauseFinding {
  const { asked, peerFailures, shadowAsked, shadowPeerFailures, silentServices } = inputs;
  const { current, previous } = inputs;
  const [all, failed] = [asked + shadowAsked, peerFailures + shadowPeerFailures];
  const cause = 'dependency';
  const shares = `${peerFailures} of ${asked} requests and ${shadowPeerFailures} of ${shadowAsked} of shadows failed at something that versions share`;
  if (silentServices > 0) {
    const what =
      silentServices === 1 ? '1 service is silent' : `${silentServices} services are silent`;
    return { cause, verdict: 'blamed', why: `${what}; ${shares}` };
  }
  if (shareLower(failed, all) > peerShareMax) return { cause, verdict: 'blamed', why: shares };
  const alike = (['errors', 'timeouts'] as const).filter(
    (kind) =>
      shareLower(previous[kind], previous.requests) > peerShareMax &&
      shareLower(current[kind], current.requests) > peerShareMax &&
      !isWorse(kind, current, previous),
  );
  if (alike.length > 0) {
    const why = `both versions fail alike: ${alike.map((kind) => comparedText(kind, inputs)).join(', ')}`;
    return { cause, verdict: 'blamed', why };
  }
  if (all < askedMin) return { cause, verdict: 'unknown', why: `only ${all} requests were seen` };
  return { cause, verdict: 'cleared', why: shares };
}

/** One-sided 95 % bound. */
function shareLower(count: number, all: number): number {
  return count === 0 || all === 0 ? 0 : 1 - shareUpper(all - count, all);
}

function judgeWorld(inputs: AttributionInputs, isSkewed: boolean): CauseFinding {
  const { windowsJudged, inputsDrifting, outputsMoved } = inputs;
  const cause = 'world';
  if (windowsJudged === 0) return { cause, verdict: 'unknown', why: 'no window was judged yet' };
  if (inputsDrifting === 0 && outputsMoved === 0) {
    return { cause, verdict: 'cleared', why: 'neither inputs nor outputs have left the reference' };
  }
  const moved = [
    ...(inputsDrifting > 0 ? [`${inputsDrifting} inputs have left the reference`] : []),
    ...(outputsMoved > 0 ? ['its mean output has moved'] : []),
  ].join(' and ');
  if (isSkewed) {
    return { cause, verdict: 'unknown', why: `${moved}, but features were served wrong` };
  }
  return { cause, verdict: 'blamed', why: `${moved}, which every version sees` };
}
