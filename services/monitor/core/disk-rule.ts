import { type AlertJudgement, type AlertRule, numberAt } from './alert-rule.ts';
import type { AlertEvidence } from './alert-source.ts';

// 5 %: file systems get slow, and ext4 keeps as much for root alone. 1 GiB: on a large disk that is hours of logs, on a small one it may be minutes,
// and embedded stores refuse commits below 32 MiB.
const freeShareMin = 0.05;
const freeBytesMin = 1024 ** 3;

/** The rule on the disk that a mesh keeps its data on. */
export const diskRule: AlertRule = {
  rule: 'disk-nearly-full',
  title: 'the disk is nearly full',
  severity: 'PAGE',
  pendingMs: 0,
  clearMs: 60_000, // files come and go
  advice: 'make room before stores refuse to write: they refuse whole commits, and lose nothing',
  judge: judgeDisk,
};

function judgeDisk(evidence: AlertEvidence): AlertJudgement {
  const totalBytes = numberAt(evidence, 'totalBytes');
  const freeBytes = numberAt(evidence, 'freeBytes');
  const wantedBytes = wantedFreeBytes(totalBytes);
  return {
    isFiring: freeBytes < wantedBytes,
    figures: { freeBytes, totalBytes, wantedBytes },
    against: `${Math.round(freeBytes / 1024 ** 2)} MiB are free, and ${Math.round(wantedBytes / 1024 ** 2)} MiB are to be: the greater of 5 % and 1 GiB, or half of a disk that is smaller`,
    certainty: 'no chance is involved: the file system says how much is free',
  };
}

/** Gives how much of a disk is to be free. */
export function wantedFreeBytes(totalBytes: number): number {
  return Math.min(Math.max(freeShareMin * totalBytes, freeBytesMin), totalBytes / 2);
}
