import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import {
  type Candidate,
  type CandidateOptions,
  candidateOf,
} from '../../shared/definition/candidate.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

/** What decides a version beside its data: a candidate, the seed, and who trains. */
export interface Hyperparameters {
  readonly candidate: Candidate;
  /** Of the initial weights and the shuffles. */
  readonly seed: number;
  /** Name and version of the arithmetic that trained it. */
  readonly trainer: string;
}

/** Writes hyperparameters as canonical JSON. Where the files of an external trainer lie is no part of them; their digests are provenance. */
export function writeHyperparameters({ candidate, seed, trainer }: Hyperparameters): string {
  const { alias, ...settings } = candidate;
  const named = { candidate: alias, seed, trainer };
  if (settings.kind === 'external') {
    const { files: _, ...rest } = settings;
    return canonicalJson({ ...rest, ...named });
  }
  return canonicalJson({ ...settings, ...named, optimizer: 'adam', schedule: 'linear to 0' });
}

/**
 * Reads what {@link writeHyperparameters} wrote; `files` says where the files of an external trainer lie now.
 * @throws {MeshError} FAILED_PRECONDITION / TRAINING_FAILED when they are of another form
 */
export function readHyperparameters(json: string, files: URL): Hyperparameters {
  try {
    // What comes of it is checked as an author's definition is.
    const {
      candidate: alias,
      seed,
      trainer,
      ...settings
    } = JSON.parse(json) as {
      readonly candidate: Candidate['alias'];
      readonly seed: number;
      readonly trainer: string;
      readonly kind: string;
      readonly timeoutMs?: number;
    };
    if (!['logistic', 'mlp', 'external'].includes(settings.kind)) {
      throw unreadable(`of kind '${settings.kind}'`);
    }
    const timeout = `${settings.timeoutMs ?? 1}ms`;
    const options = { ...settings, alias, files, timeout } as CandidateOptions;
    const candidate = withoutStrangers(candidateOf(options, 'the registered version'));
    return { candidate, seed, trainer };
  } catch (error) {
    if (error instanceof MeshError && error.reason === 'TRAINING_FAILED') throw error;
    throw unreadable(messageOf(error), error);
  }
}

/** Gives a network candidate with its own fields alone. */
function withoutStrangers(candidate: Candidate): Candidate {
  if (candidate.kind === 'external') return candidate;
  const { alias, format, epochs, learningRate, batchRows, l2 } = candidate;
  const shared = { alias, format, epochs, learningRate, batchRows, l2 };
  return candidate.kind === 'logistic'
    ? { ...shared, kind: 'logistic' }
    : { ...shared, kind: 'mlp', hidden: candidate.hidden };
}

function unreadable(what: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TRAINING_FAILED',
    message: `wanted hyperparameters that \`mlmesh train\` wrote, got ones ${what}; a version that something else registered can't be trained again`,
    cause,
  });
}
