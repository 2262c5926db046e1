import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MethodDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { type MessageCodec, messageCodecs } from './codec/message-codecs.ts';
import { type MessageShape, messageShape } from './message-shape.ts';
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

/** A package with all that it imports. */
interface LoadedPackage {
  readonly root: protobuf.Root;
  readonly codecs: ReadonlyMap<string, MessageCodec<object, object>>;
  /** Those that were asked for, and what is in them. */
  readonly shapes: Map<protobuf.Type, MessageShape>;
}

// A parsed package never changes within a process, so it is parsed once.
const packages = new Map<string, LoadedPackage>();

/** Gives a service of the contract, with its codecs. The first call of a package parses its protos: some milliseconds. */
export function loadService(name: ServiceName): LoadedService {
  const loaded = loadPackage(packageOf(name));
  return {
    name,
    methods: loaded.root.lookupService(name).methodsArray.map((method) => {
      const { idempotency_level: idempotency } = method.options ?? {};
      return {
        key: `${method.name.charAt(0).toLowerCase()}${method.name.slice(1)}`,
        method: `${name}/${method.name}`,
        kind: kindOf(method),
        isIdempotent: idempotency === 'IDEMPOTENT' || idempotency === 'NO_SIDE_EFFECTS',
        definition: definitionOf(loaded, method, `/${name}/${method.name}`),
      };
    }),
  };
}

function definitionOf(
  { codecs }: LoadedPackage,
  method: protobuf.Method,
  path: string,
): MethodDefinition<object, object> {
  const request = codecs.get(method.resolvedRequestType?.fullName.slice(1) ?? '');
  const response = codecs.get(method.resolvedResponseType?.fullName.slice(1) ?? '');
  assert.ok(request !== undefined && response !== undefined, `no messages of ${path}`);
  return {
    path,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize,
  };
}

/** Gives one method of a service by its key. */
export function loadMethod(service: ServiceName, key: string): LoadedMethod {
  const method = loadService(service).methods.find((candidate) => candidate.key === key);
  assert.ok(method !== undefined, `no method ${key} in ${service}`);
  return method;
}

/** Gives what a method takes as it is on the wire. */
export function requestShape({ method }: LoadedMethod): MessageShape {
  const [service = '', name = ''] = method.split('/');
  const { root, shapes } = loadPackage(packageOf(service));
  const request = root.lookupService(service).methods[name]?.resolvedRequestType;
  assert.ok(request !== null && request !== undefined, `no method ${method} in proto/`);
  return messageShape(request, shapes);
}

/** Gives the codec of a message by its full name, such as `google.rpc.Status`. `In` and `Out` are the generated types. */
export function loadMessage<In, Out>(name: string): MessageCodec<In, Out> {
  const codec = loadPackage(packageOf(name)).codecs.get(name);
  assert.ok(codec !== undefined, `no message ${name} in proto/`);
  return codec as unknown as MessageCodec<In, Out>;
}

/** The contract keeps each package in the folder of its name, so the folder follows from the name. */
function loadPackage(packageName: string): LoadedPackage {
  const known = packages.get(packageName);
  if (known !== undefined) return known;
  const protoRoot = join(packageRoot, 'proto');
  const folder = packageName.replaceAll('.', '/');
  const files = readdirSync(join(protoRoot, folder)).filter((file) => file.endsWith('.proto'));
  const root = new protobuf.Root();
  root.resolvePath = (_from, file) => join(protoRoot, file);
  root.loadSync(files.map((file) => `${folder}/${file}`)).resolveAll();
  const loaded = { root, codecs: messageCodecs(root), shapes: new Map() };
  packages.set(packageName, loaded);
  return loaded;
}

function packageOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

function kindOf(method: protobuf.Method): MethodKind {
  if (method.requestStream === true)
    return method.responseStream === true ? 'bidi' : 'client-stream';
  return method.responseStream === true ? 'server-stream' : 'unary';
}

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  assert.notEqual(parent, folder, `no package.json above ${import.meta.url}`);
  return findPackageRoot(parent);
}
