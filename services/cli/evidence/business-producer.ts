import type { ModelProducer } from './check-subject.ts';
import { judgeBusiness } from './judge-business.ts';

/** Asks the monitor what callers of a version brought, against those of control. */
export const businessProducer: ModelProducer = {
  needs: 'model',
  kinds: ['business'],
  doing: 'comparing what it brings with control',
  async run(subject) {
    const { connection, model, version, baselineVersion, provenance, signal } = subject;
    const judged = await connection.monitor.getLift({ model: model.name, version }, { signal });
    return [
      {
        kind: 'business',
        ...judgeBusiness(judged),
        inputDigests: { artifact: provenance.artifactDigest },
        baselineVersion,
      },
    ];
  },
};
