import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { CheckPlace } from './check-subject.ts';
import type { Finding, Verdict } from './finding.ts';

/** What a finding is about, and what made it. */
export interface FindingSubject {
  readonly model: string;
  readonly version: number;
  /** SHA-256 of the artifact that was looked at, 64 hexadecimal digits. */
  readonly artifactDigest: string;
  readonly command: string;
}

const verdicts = {
  pass: 'EVIDENCE_VERDICT_PASS',
  fail: 'EVIDENCE_VERDICT_FAIL',
  inconclusive: 'EVIDENCE_VERDICT_INCONCLUSIVE',
} as const satisfies Readonly<Record<Verdict, string>>;

/** Attaches a finding to a version as evidence. @throws {MeshError} what the registry says */
export async function attachFinding(
  { connection, clock, signal }: Pick<CheckPlace, 'connection' | 'clock' | 'signal'>,
  subject: FindingSubject,
  finding: Finding,
): Promise<void> {
  const { kind, figures, inputDigests } = finding;
  const infinite = Object.entries(figures).find(([, figure]) => !Number.isFinite(figure));
  if (infinite !== undefined) throw notFinite(kind, infinite[0]);
  const evidence = {
    ...finding,
    ...subject,
    verdict: verdicts[finding.verdict],
    figures: { ...figures },
    inputDigests: { ...inputDigests },
    madeAtMs: Math.floor(finding.madeAtMs ?? clock.epoch()),
  };
  await connection.registry.attachEvidence({ evidence }, { signal });
}

function notFinite(kind: string, figure: string): MeshError {
  return new MeshError({
    code: 'INTERNAL',
    reason: 'INTERNAL',
    message: `wanted finite figures as evidence of ${kind}, got another as ${figure}`,
  });
}
