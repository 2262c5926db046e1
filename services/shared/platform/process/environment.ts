import { MeshError } from '../../kernel/mesh-error.ts';

/** What a mesh is for. */
export const environments = ['development', 'production'] as const;

/** One of {@link environments}. */
export type Environment = (typeof environments)[number];

/**
 * Gives an environment when it is one.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function checkedEnvironment(choice: unknown): Environment {
  const found = environments.find((known) => known === choice);
  if (found !== undefined) return found;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted one of ${environments.join(', ')} as the environment, got '${String(choice).slice(0, 64)}'`,
  });
}
