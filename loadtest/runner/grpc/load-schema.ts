import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import protobuf from 'protobufjs';

/** A unary method that a script may call. */
export interface UnaryMethod {
  /** Such as /mlmesh.router.v1.RouterService/Predict. */
  readonly path: string;
  readonly service: string;
  readonly name: string;
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
}

/** The methods of a schema by path; those that stream are undefined. */
export type Schema = ReadonlyMap<string, UnaryMethod | undefined>;

/**
 * Parses proto files and what they import, found in the folders in turn. Field names are camelCase, as Protobuf's JSON has them.
 * @throws {Error} when a file is missing or none that can be read
 */
export function loadSchema(folders: readonly string[], files: readonly string[]): Schema {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => {
    if (isAbsolute(target)) return target;
    const found = folders.map((folder) => resolve(folder, target)).find((path) => existsSync(path));
    // What protobufjs itself knows (google/protobuf/...) is found by the name alone.
    return found ?? target;
  };
  for (const file of files) {
    if (folders.some((folder) => existsSync(resolve(folder, file)))) continue;
    throw new Error(`load: no ${file} in ${folders.join(' or ')}`);
  }
  root.loadSync([...files], { keepCase: false }).resolveAll();
  return new Map(servicesOf(root).flatMap(methodsOf));
}

function servicesOf(namespace: protobuf.NamespaceBase): readonly protobuf.Service[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Service) return [nested];
    return nested instanceof protobuf.Namespace ? servicesOf(nested) : [];
  });
}

function methodsOf(
  service: protobuf.Service,
): readonly (readonly [string, UnaryMethod | undefined])[] {
  const name = service.fullName.slice(1);
  return service.methodsArray.map((method) => {
    const path = `/${name}/${method.name}`;
    const { resolvedRequestType: request, resolvedResponseType: response } = method;
    const streams = method.requestStream === true || method.responseStream === true;
    if (streams || request === null || response === null) return [path, undefined];
    return [path, { path, service: name, name: method.name, request, response }];
  });
}
