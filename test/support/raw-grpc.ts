import { resolve } from 'node:path';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

/** What a call came to, as a caller without any library of this project sees it. */
export interface RawOutcome {
  /** gRPC status code; 0 when it was answered. */
  readonly code: number;
  readonly message: string;
  /** Of google.rpc.ErrorInfo; empty when there is none. */
  readonly reason: string;
  readonly domain: string;
  /** Fields that google.rpc.BadRequest names. */
  readonly fields: readonly string[];
  readonly response: Readonly<Record<string, unknown>> | undefined;
}

const root = new protobuf.Root();
root.resolvePath = (_, target) => resolve('proto', target);
root.loadSync([
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
  'mlmesh/router/v1/router_service.proto',
  'mlmesh/feature/v1/feature_service.proto',
  'mlmesh/registry/v1/registry_service.proto',
  'mlmesh/monitor/v1/monitor_service.proto',
]);

/** Calls one unary method with bytes as they are. */
export function callRaw(
  address: string,
  path: string,
  request: Uint8Array,
  options: { readonly deadline?: number } = {},
): Promise<RawOutcome> {
  const client = new Client(address, credentials.createInsecure());
  const deadline = options.deadline ?? Date.now() + 10_000;
  return new Promise((resolveOutcome) => {
    client.makeUnaryRequest(
      path,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes) => bytes,
      request,
      { deadline },
      (error, response) => {
        client.close();
        resolveOutcome(error === null ? answered(path, response) : failed(error));
      },
    );
  });
}

/** Gives the bytes of a message of the contract, with fields in camel case. */
export function encode(type: string, fields: object): Uint8Array {
  const message = root.lookupType(type);
  return message.encode(message.fromObject(fields)).finish();
}

function answered(path: string, bytes: Buffer | undefined): RawOutcome {
  const [, service = '', method = ''] = path.split('/');
  const { responseType } = root.lookupService(service).methods[method] ?? { responseType: '' };
  const response = decode(
    `${service.replace(/\.\w+$/, '')}.${responseType}`,
    bytes ?? Buffer.alloc(0),
  );
  return { code: 0, message: '', reason: '', domain: '', fields: [], response };
}

function failed(error: ServiceError): RawOutcome {
  const { code, details: message } = error;
  const trailer = error.metadata.get('grpc-status-details-bin')[0];
  const none = { reason: '', domain: '', fields: [], response: undefined };
  if (!(trailer instanceof Buffer)) return { code, message, ...none };
  const { details = [] } = decode('google.rpc.Status', trailer) as {
    readonly details?: readonly { readonly type_url: string; readonly value: Uint8Array }[];
  };
  const unpack = (name: string) => {
    const any = details.find(
      ({ type_url }) => type_url === `type.googleapis.com/google.rpc.${name}`,
    );
    return any === undefined ? {} : decode(`google.rpc.${name}`, any.value);
  };
  const { reason = '', domain = '' } = unpack('ErrorInfo') as {
    readonly reason?: string;
    readonly domain?: string;
  };
  const { fieldViolations = [] } = unpack('BadRequest') as {
    readonly fieldViolations?: readonly { readonly field: string }[];
  };
  return {
    code,
    message,
    reason,
    domain,
    fields: fieldViolations.map(({ field }) => field),
    response: undefined,
  };
}

function decode(type: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes));
}
