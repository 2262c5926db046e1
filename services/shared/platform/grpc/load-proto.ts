import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  loadSync,
  type MessageTypeDefinition,
  type MethodDefinition,
  type PackageDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader';
import { type MessageShape, type MessageShapes, messageShapes } from './message-shape.ts';
import type { ServiceName } from './service-types.ts';

/** Which sides of a method are streams. */
export type MethodKind = 'unary' | 'server-stream' | 'client-stream' | 'bidi';

/** One method as it runs: its names, how it may be retried, and its codec. Messages are unchecked at this level. */
export interface LoadedMethod {
  /** Key in handlers and clients, such as `predict`. */
  readonly key: string;
  /** Full name without the leading slash, such as `mlmesh.router.v1.RouterService/Predict`. */
  readonly method: string;
  readonly kind: MethodKind;
  /** From the proto's idempotency_level: a call of it may be sent twice. */
  readonly isIdempotent: boolean;
  readonly definition: MethodDefinition<object, object>;
}

/** One service as it runs. */
export interface LoadedService {
  readonly name: ServiceName;
  readonly methods: readonly LoadedMethod[];
}

/** Folder of the package: the nearest one above this file that holds package.json. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

// A parsed package never changes within a process, so it is parsed once.
const packages = new Map<string, PackageDefinition>();

/** Gives a service of the contract, with its codecs. The first call of a package parses its protos: some milliseconds. */
export function loadService(name: ServiceName): LoadedService {
  const definition = loadPackage(packageOf(name))[name];
  assert.ok(definition !== undefined && !('format' in definition), `no service ${name} in proto/`);
  return {
    name,
    methods: Object.entries(definition as ServiceDefinition).map(([methodName, method]) => ({
      key: `${methodName.charAt(0).toLowerCase()}${methodName.slice(1)}`,
      method: `${name}/${methodName}`,
      kind: kindOf(method),
      isIdempotent:
        method.options.idempotency_level === 'IDEMPOTENT' ||
        method.options.idempotency_level === 'NO_SIDE_EFFECTS',
      definition: method,
    })),
  };
}

/** Gives one method of a service by its key. */
export function loadMethod(service: ServiceName, key: string): LoadedMethod {
  const method = loadService(service).methods.find((candidate) => candidate.key === key);
  assert.ok(method !== undefined, `no method ${key} in ${service}`);
  return method;
}

// All messages of a package hold the same descriptors, which are read once.
const shapes = new WeakMap<readonly Buffer[], MessageShapes>();

/** Gives what a method takes as it is on the wire. */
export function requestShape({ method, definition }: LoadedMethod): MessageShape {
  const files = definition.requestType.fileDescriptorProtos;
  const known = shapes.get(files) ?? messageShapes(files);
  shapes.set(files, known);
  return known.requestOf(method);
}

/** Gives the codec of a message by its full name, such as `google.rpc.Status`. `In` and `Out` are the generated types. */
export function loadMessage<In, Out>(name: string): MessageTypeDefinition<In, Out> {
  const definition = loadPackage(packageOf(name))[name];
  assert.ok(
    definition !== undefined && 'format' in definition && 'serialize' in definition,
    `no message ${name} in proto/`,
  );
  return definition as unknown as MessageTypeDefinition<In, Out>;
}

/** The contract keeps each package in the folder of its name, so the folder follows from the name. */
function loadPackage(packageName: string): PackageDefinition {
  const known = packages.get(packageName);
  if (known !== undefined) return known;
  const protoRoot = join(packageRoot, 'proto');
  const folder = packageName.replaceAll('.', '/');
  const files = readdirSync(join(protoRoot, folder)).filter((file) => file.endsWith('.proto'));
  const loaded = loadSync(
    files.map((file) => `${folder}/${file}`),
    {
      includeDirs: [protoRoot],
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
    },
  );
  packages.set(packageName, loaded);
  return loaded;
}

function packageOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

function kindOf(method: MethodDefinition<object, object>): MethodKind {
  if (method.requestStream) return method.responseStream ? 'bidi' : 'client-stream';
  return method.responseStream ? 'server-stream' : 'unary';
}

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  assert.notEqual(parent, folder, `no package.json above ${import.meta.url}`);
  return findPackageRoot(parent);
}
