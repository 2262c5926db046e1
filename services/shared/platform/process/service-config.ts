import { join } from 'node:path';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import {
  type AddressList,
  addressList,
  type MeshAddresses,
  meshAddresses,
  replicaFileName,
} from './mesh-addresses.ts';
import { type ProcessName, processNames } from './service-name.ts';
import { type TlsSettings, tlsSettingsIn } from './tls-settings.ts';

/** The environment variable in which a service finds its configuration, as JSON. */
export const serviceConfigVariable = 'MLMESH_CONFIG';

/** Everything that a service process is told when it starts. */
export interface ServiceConfig {
  readonly service: ProcessName;
  /** Which of the service's replicas this process is, from 1; 1 when it is left out. */
  readonly replica?: number;
  readonly meshName: string;
  /** Absolute path of the bundled module that exports `mesh`. */
  readonly meshModule: string;
  /** Absolute path of the mesh's data directory; a service keeps its own files in a folder of its name inside. */
  readonly dataDirectory: string;
  /** Where this service listens: `host:port`. */
  readonly address: string;
  /** Where every replica of every service of the mesh listens, this one included. */
  readonly addresses: MeshAddresses;
  /** Whether the driver of a replay owns time: requests then carry `at_ms`. */
  readonly hasVirtualClock: boolean;
  /** What this service proves itself with, and whom it trusts; undefined is plain text, for loopback alone. */
  readonly tls?: TlsSettings | undefined;
  /** OTLP/gRPC endpoint (`http://host:port`) for spans and metrics; undefined switches telemetry off. */
  readonly telemetryEndpoint: string | undefined;
  /** Where a Prometheus reads the metrics of this process, `host:port`: in plain text on the loopback, over TLS elsewhere. Undefined gives them to none. */
  readonly metricsAddress?: string;
  /** Further settings, by name; each service's config.ts documents and parses its own. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** Gives the folder of a process's own files, which no other replica of its service has. */
export function replicaFolder({ dataDirectory, service, replica = 1 }: ServiceConfig): string {
  return join(dataDirectory, replicaFileName({ service, number: replica }));
}

/** Gives where the telemetry of a process goes, and where its metrics are read. */
export function telemetryPlace({
  telemetryEndpoint: endpoint,
  metricsAddress,
  dataDirectory,
}: ServiceConfig) {
  return { endpoint, metricsAddress, dataDirectory };
}

/**
 * Reads the configuration that this process was started with.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when it is missing or malformed.
 */
export function readServiceConfig(): ServiceConfig {
  const text = process.env[serviceConfigVariable];
  if (text === undefined) {
    throw invalid(
      `wanted the environment variable ${serviceConfigVariable}, which \`mlmesh up\` sets, got none; start services through \`mlmesh up\``,
    );
  }
  return parseServiceConfig(text);
}

/**
 * Parses a configuration.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG naming the first field that is wrong.
 */
export function parseServiceConfig(text: string): ServiceConfig {
  const fields = parseObject(text);
  const addresses = objectAt(fields, 'addresses');
  return {
    service: serviceNameAt(fields, 'service'),
    ...(fields['replica'] === undefined ? {} : { replica: replicaAt(fields, 'replica') }),
    meshName: textAt(fields, 'meshName'),
    meshModule: textAt(fields, 'meshModule'),
    dataDirectory: textAt(fields, 'dataDirectory'),
    address: addressAt(fields, 'address'),
    addresses: meshAddresses((service) => addressesAt(addresses, service)),
    hasVirtualClock: flagAt(fields, 'hasVirtualClock'),
    ...tlsSettingsIn(fields),
    telemetryEndpoint:
      fields['telemetryEndpoint'] === undefined ? undefined : textAt(fields, 'telemetryEndpoint'),
    ...(fields['metricsAddress'] === undefined
      ? {}
      : { metricsAddress: addressAt(fields, 'metricsAddress') }),
    options: optionsAt(fields, 'options'),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(
      `wanted JSON in ${serviceConfigVariable}, got text that is not: ${messageOf(error)}`,
      error,
    );
  }
  if (!isFields(value)) throw invalid(`wanted an object in ${serviceConfigVariable}`);
  return value;
}

function objectAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (!isFields(value)) throw wrongField(name, 'an object', value);
  return value;
}

function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw wrongField(name, 'a text', value);
  return value;
}

function flagAt(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value !== 'boolean') throw wrongField(name, 'true or false', value);
  return value;
}

function addressAt(fields: Fields, name: string): string {
  const value = textAt(fields, name);
  if (!isAddress(value)) throw wrongField(name, "'host:port'", value);
  return value;
}

function addressesAt(fields: Fields, name: string): AddressList {
  const value = fields[name];
  const list = Array.isArray(value) && value.every(isAddress) ? addressList(value) : undefined;
  if (list === undefined) throw wrongField(name, "a list of 'host:port'", value);
  return list;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s]+:\d{1,5}$/.test(value);
}

function replicaAt(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrongField(name, 'a whole number of 1 or more', value);
}

function serviceNameAt(fields: Fields, name: string): ProcessName {
  const value = fields[name];
  const found = processNames.find((known) => known === value);
  if (found === undefined) throw wrongField(name, `one of ${processNames.join(', ')}`, value);
  return found;
}

function optionsAt(fields: Fields, name: string): ServiceConfig['options'] {
  const options: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(objectAt(fields, name))) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw wrongField(`${name}.${key}`, 'a text, a number, true or false', value);
    }
    options[key] = value;
  }
  return options;
}

function wrongField(name: string, wanted: string, got: unknown): MeshError {
  return invalid(
    `wanted ${wanted} in field '${name}' of ${serviceConfigVariable}, got ${got === undefined ? 'nothing' : JSON.stringify(got)}`,
  );
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
