import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { AnswerAudits, AuditedAnswers } from '../ports.ts';

type Step = ClientResponseOf<'mlmesh.feature.v1.FeatureService', 'auditAnswers'>;
type Summary = NonNullable<Step['summary']>;

/** It reads the warehouse and waits behind other audits; nobody is waiting for it in turn. */
const callMs = durationMs(600_000);

/** Has the feature service audit its own log of answers. */
export class FeatureAnswerAudits implements AnswerAudits {
  readonly #feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>;

  constructor(feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>) {
    this.#feature = feature;
  }

  async audit(
    query: { readonly afterAnswer: number; readonly limit: number },
    signal: AbortSignal,
  ): Promise<AuditedAnswers> {
    const request = { ...query, examplesMax: 10 };
    for await (const { summary } of this.#feature.auditAnswers(request, {
      signal,
      timeoutMs: callMs,
    })) {
      if (summary) return audited(summary);
    }
    throw new MeshError({
      code: 'INTERNAL',
      reason: 'INTERNAL',
      message: "the audit ended without a summary; the feature service's version may differ",
    });
  }
}

function audited(summary: Summary): AuditedAnswers {
  const { answers, mismatchedAnswers, lastAnswer, featureSets, examples } = summary;
  return {
    answers,
    mismatchedAnswers,
    lastAnswer,
    featureSets: featureSets.map(({ featureSet, ...figures }) => {
      const example = examples.find((candidate) => candidate.featureSet === featureSet);
      return { ...figures, name: featureSet, example: example ? describe(example) : '' };
    }),
  };
}

function describe({ feature, keys, atMs, logOffset }: Summary['examples'][number]): string {
  return `${feature} of ${keys.join(', ')} at ${atMs}, log offset ${logOffset}`;
}
