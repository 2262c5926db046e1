import { MeshError } from '../../kernel/mesh-error.ts';
import type { ServiceConfig } from './service-config.ts';

/** A setting that is a whole number: what it is when nobody says, and its range, both ends included. */
export interface WholeOption {
  readonly preset: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Reads settings out of the options of a process, each by its name.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when one is no whole number inside its range.
 */
export function readWholeOptions<N extends string>(
  service: string,
  settings: Readonly<Record<N, WholeOption>>,
  options: ServiceConfig['options'],
): Readonly<Record<N, number>> {
  const read = Object.entries<WholeOption>(settings).map(([name, { preset, min, max }]) => {
    const value = options[name] ?? preset;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw new MeshError({
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_CONFIG',
        message: `wanted a whole number from ${min} to ${max} as option ${name} of the ${service} service, got ${String(value)}`,
      });
    }
    return [name, value] as const;
  });
  return Object.fromEntries(read) as Record<N, number>; // the names are those of `settings`
}
