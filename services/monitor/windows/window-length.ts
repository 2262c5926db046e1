import type { DriftPlan } from '../../shared/definition/monitoring-policy.ts';
import type { VersionReader } from './version-reader.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Gives how long the windows of a version are, ms, whole minutes: as the policy says, else as long as those of its reference, else a day. */
export function windowMsOf({ windowMs }: DriftPlan, reader: VersionReader | undefined): number {
  if (windowMs > 0) return windowMs;
  const lengthMs = reader?.reference.profile.inputs[0]?.windows.lengthMs ?? dayMs;
  return Math.max(1, Math.round(lengthMs / minuteMs)) * minuteMs;
}
