import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../../shared/platform/process/service-config.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';
import { invalidSettings } from './invalid-settings.ts';
import type { OptionValue, SettingReference, SettingsFile } from './settings-file.ts';
import { checkSettings } from './settings-schema.ts';

/** Settings of a mesh whose services are started one by one. */
export interface MeshSettings extends Omit<SettingsFile, 'options'> {
  /** Absolute. */
  readonly path: string;
  /** Absolute path of the mesh file, or of its folder; undefined where the settings name none. */
  readonly mesh?: string;
  readonly options: Partial<Record<ProcessName, Readonly<Record<string, OptionValue>>>>;
}

/** The environment of a process. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of a mesh.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG naming the first value that is wrong
 */
export function readSettings(path: string): MeshSettings {
  const absolute = resolve(path);
  const file = checkSettings(parseFile(absolute), absolute);
  const { mesh, options = {}, ...rest } = file;
  const meshPath = mesh === undefined || isAbsolute(mesh) ? mesh : resolve(dirname(absolute), mesh);
  return {
    ...rest,
    path: absolute,
    ...(meshPath === undefined ? {} : { mesh: meshPath }),
    options,
  };
}

/**
 * Gives the options of a service, with what references name in their place.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when a variable is not set, or a file can't be read
 */
export function resolvedOptions(
  { path, options }: Pick<MeshSettings, 'path' | 'options'>,
  service: ProcessName,
  environment: EnvironmentVariables,
): ServiceConfig['options'] {
  const entries = Object.entries(options[service] ?? {}).map(([name, value]) => {
    if (typeof value !== 'object') return [name, value] as const;
    return [name, referred(value, `options.${service}.${name} of ${path}`, environment)] as const;
  });
  return Object.fromEntries(entries);
}

function referred(
  reference: SettingReference,
  where: string,
  environment: EnvironmentVariables,
): string {
  if ('environment' in reference) {
    const text = environment[reference.environment];
    if (text !== undefined && text !== '') return text;
    throw invalidSettings(
      `wanted the environment variable ${reference.environment}, which ${where} names, got none; set it, from a secret where it is one`,
    );
  }
  const text = textOf(reference.file, `which ${where} names`).trim();
  if (text !== '') return text;
  throw invalidSettings(`wanted a text in ${reference.file}, which ${where} names, got none`);
}

function parseFile(path: string): unknown {
  const text = textOf(path, 'which has the settings');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidSettings(`wanted JSON in ${path}: ${messageOf(error)}`, error);
  }
}

function textOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalidSettings(`wanted to read ${path}, ${what}: ${messageOf(error)}`, error);
  }
}
