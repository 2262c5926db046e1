import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { invalidSettings } from './invalid-settings.ts';
import type { SettingsFile } from './settings-file.ts';

/** Where the JSON schema of settings is: from dist/services/cli/serve to the root of the package. */
export const settingsSchemaPath = fileURLToPath(
  new URL('../../../../deploy/settings.schema.json', import.meta.url),
);

/**
 * Gives settings when they follow the schema.
 * @param path where they stand, for people
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG naming each value that is wrong
 */
export function checkSettings(value: unknown, path: string): SettingsFile {
  const schema = JSON.parse(readFileSync(settingsSchemaPath, 'utf8')) as object; // ajv checks it
  // An `anyOf` says what its parts want; the part that was meant is not known.
  const isSettings = new Ajv2020({ allErrors: true, strict: 'log' }).compile<SettingsFile>(schema);
  if (isSettings(value)) return value;
  const faults = (isSettings.errors ?? []).map(faultText);
  throw invalidSettings(
    `the settings in ${path} are not what ${settingsSchemaPath} wants: ${[...new Set(faults)].join('; ')}`,
  );
}

function faultText({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  const where = instancePath === '' ? 'the whole' : instancePath.slice(1).replaceAll('/', '.');
  return `${where} ${message}${detailOf(params)}`;
}

function detailOf(params: Readonly<Record<string, unknown>>): string {
  const { additionalProperty, allowedValues } = params;
  if (additionalProperty !== undefined) return `, got '${String(additionalProperty)}'`;
  return Array.isArray(allowedValues) ? ` (${allowedValues.join(', ')})` : '';
}
