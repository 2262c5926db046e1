import { wantedFreeBytes } from '../../shared/policy/disk-space.ts';
import { type AlertJudgement, type AlertRule, numberAt } from './alert-rule.ts';
import type { AlertEvidence } from './alert-source.ts';

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
