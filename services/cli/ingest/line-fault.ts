import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** Gives the error for a line of input that can't be taken. */
export function lineFault(line: number, fault: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'EVENT_INVALID',
    message: `line ${line}: ${fault}`,
    detail: { line },
    cause,
  });
}
