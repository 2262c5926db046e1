import type { Finding, Verdict } from './finding.ts';

/** What the gates of a shadow say, as the monitor judged them: mlmesh.monitor.v1.JudgeShadowResponse. */
export interface JudgedShadow {
  readonly verdict: { readonly verdictId: string } | null;
  readonly gates: readonly {
    readonly kind: string;
    readonly verdict: string;
    readonly statement: string;
    readonly figures: Readonly<Record<string, number>>;
  }[];
  readonly policyDigest: string;
  /** When the monitor took the newest request, epoch ms; 0 when there are none. */
  readonly receivedUntilMs: number;
}

/** From so many requests, and so many of them with a known outcome, the gates may say something; below, requests of the past are sent first. */
export const judgedRequestsMin = { requests: 1_000, labelled: 1_000 } as const;

const verdicts: ReadonlyMap<string, Verdict> = new Map([
  ['pass', 'pass'],
  ['fail', 'fail'],
]);

/** Makes a finding of each gate, without what it was made from: the verdict can be explained by the id that it names. */
export function findingsOf(
  judged: JudgedShadow,
): readonly Omit<Finding, 'inputDigests' | 'baselineVersion'>[] {
  const { gates, verdict, receivedUntilMs } = judged;
  // It is as old as the traffic that it was found on: to look at the same requests again renews nothing.
  const age = receivedUntilMs > 0 ? { madeAtMs: receivedUntilMs } : {};
  const source = verdict === null ? '' : ` (${verdict.verdictId})`;
  return gates.map((gate) => ({
    kind: gate.kind,
    verdict: verdicts.get(gate.verdict) ?? 'inconclusive',
    figures: gate.figures,
    statement: `${gate.statement}${source}`,
    ...age,
  }));
}
