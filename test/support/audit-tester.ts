import type { ClientResponseOf } from '../../services/shared/platform/grpc/service-types.ts';
import type { FeatureTester } from './feature-tester.ts';

type AuditStep = ClientResponseOf<'mlmesh.feature.v1.FeatureService', 'auditAnswers'>;

/** What an audit found. */
export type AuditSummary = NonNullable<AuditStep['summary']>;

/** Which answers to audit; all by default. */
export interface AuditFilter {
  readonly featureSetHash?: string;
  readonly limit?: number;
  readonly sinceMs?: number;
  readonly afterAnswer?: number;
}

/** Runs an audit to its end, with up to 100 mismatches in detail. */
export async function audit(
  { client }: Pick<FeatureTester, 'client'>,
  filter: AuditFilter = {},
): Promise<AuditSummary> {
  let summary: AuditSummary | undefined;
  for await (const step of client.auditAnswers({ ...filter, examplesMax: 100 }, {})) {
    summary = step.summary ?? summary;
  }
  if (summary === undefined) throw new Error('the audit ended without a summary');
  return summary;
}
