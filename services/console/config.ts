import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';

/** Settings of a console. */
export interface ConsoleConfig {
  /** Whether every action is refused. Option `readOnly`; default false. */
  readonly isReadOnly: boolean;
}

/**
 * Reads the settings of a console. Option `port` is that of its address: whoever starts it has looked at it.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function consoleConfig({ options }: Pick<ServiceConfig, 'options'>): ConsoleConfig {
  const unknown = Object.keys(options).find((name) => name !== 'port' && name !== 'readOnly');
  if (unknown !== undefined) {
    throw invalid(`the console has no option ${unknown}; wanted port or readOnly`);
  }
  const isReadOnly = options['readOnly'] ?? false;
  if (typeof isReadOnly === 'boolean') return { isReadOnly };
  throw invalid(`wanted true or false as readOnly, got ${String(isReadOnly)}`);
}

function invalid(message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message });
}
