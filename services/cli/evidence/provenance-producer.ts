import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { downloadBlob } from '../../shared/platform/grpc/download-blob.ts';
import { formatCount } from '../format.ts';
import type { CheckSubject, RecordProducer } from './check-subject.ts';
import type { Finding } from './finding.ts';
import { judgeProfile } from './judge-profile.ts';
import { verifyVersion } from './version-blobs.ts';

/** Reads all blobs of a version, computes their digests again and checks the signature. */
export const provenanceProducer: RecordProducer = {
  needs: 'record',
  kinds: ['provenance'],
  doing: 'computing digests again',
  async run(subject) {
    const { artifactDigest } = subject.provenance;
    const { signatureDigest } = subject.registered;
    const inputDigests = { artifact: artifactDigest, signature: signatureDigest };
    const rest = { kind: 'provenance', inputDigests, baselineVersion: 0 };
    try {
      const { files, bytes } = await verifyVersion(subject, subject);
      const statement = `${files} signed files, ${formatCount(bytes)} bytes: digests and signature hold`;
      return [{ ...rest, verdict: 'pass', figures: { files, bytes }, statement }];
    } catch (error) {
      return [{ ...rest, ...brokenOf(error) }];
    }
  },
};

/** Parses the reference profile and looks for each input and output in it. */
export const profileProducer: RecordProducer = {
  needs: 'record',
  kinds: ['reference-profile'],
  doing: 'reading the reference profile',
  async run(subject) {
    const { referenceProfileDigest: digest, signature } = subject.provenance;
    const wish = {
      inputs: signature?.features ?? [],
      outputs: signature?.outputs.map(({ name }) => name) ?? [],
    };
    const rest = {
      kind: 'reference-profile',
      inputDigests: { reference_profile: digest },
      baselineVersion: 0,
    };
    try {
      const bytes = await downloadBlob(subject.connection, digest, subject.signal);
      const { verdict, rows, statement } = judgeProfile(bytes, wish);
      const figures = { rows, inputs: wish.inputs.length, outputs: wish.outputs.length };
      return [{ ...rest, verdict, figures, statement }];
    } catch (error) {
      return [{ ...rest, ...brokenOf(error) }];
    }
  },
};

/** Makes a finding of what does not hold; a service that is away is none. */
export function brokenOf(error: unknown): Pick<Finding, 'verdict' | 'figures' | 'statement'> {
  if (error instanceof MeshError && error.code === 'DATA_LOSS') {
    return { verdict: 'fail', figures: {}, statement: error.message.slice(0, 1_000) };
  }
  throw error;
}

/** Names a version, for people. */
export function nameOf({ model, version }: Pick<CheckSubject, 'model' | 'version'>): string {
  return `version ${version} of model '${model.name}'`;
}
