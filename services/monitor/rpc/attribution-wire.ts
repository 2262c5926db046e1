import type { Attribution } from '../../gen/mlmesh/monitor/v1/Attribution.ts';
import { attributionText, type FaultAttribution } from '../core/attribution/attribute-fault.ts';

/** Gives who is to blame as it travels. */
export function toAttribution(blame: FaultAttribution): Attribution {
  const findings = blame.findings.map((finding) => ({ ...finding }));
  return { cause: blame.cause, findings, text: attributionText(blame) };
}
