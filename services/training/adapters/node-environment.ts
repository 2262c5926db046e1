import { runtimeText, systemText } from '../../shared/platform/process/machine-text.ts';
import type { TrainingEnvironment } from '../core/provenance.ts';

/** Describes this process, with the packages that may change what it computes. */
export function nodeEnvironment(packages: readonly string[]): TrainingEnvironment {
  return {
    runtime: runtimeText(),
    system: systemText(),
    packages,
    command: [],
    files: {},
  };
}
