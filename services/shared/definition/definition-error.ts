import { MeshError } from '../kernel/mesh-error.ts';

/** Gives the error for a definition that can't work; `subject` names it as the author does (`feature 'delayMean'`). */
export function definitionInvalid(subject: string, problem: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'DEFINITION_INVALID',
    message: `${subject}: ${problem}`,
  });
}

/** Gives the error for a name that stands twice. */
export function definitionDuplicate(subject: string, problem: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'DEFINITION_DUPLICATE',
    message: `${subject}: ${problem}`,
  });
}
