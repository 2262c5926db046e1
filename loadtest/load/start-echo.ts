import { join } from 'node:path';
import { loadMethod, packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import type { MethodName, ServiceName } from '../../services/shared/platform/grpc/service-types.ts';
import type { ChildPeer } from './child-peer.ts';
import type { EchoOrder } from './echo-server.ts';

/** Gives the path of a method in the protocol, such as /mlmesh.router.v1.RouterService/Predict. */
export function methodPath<N extends ServiceName>(service: N, key: MethodName<N> & string): string {
  return `/${loadMethod(service, key).method}`;
}

/** Lets an echo server answer one method with one message on a port of its own; gives host:port. */
export async function startEcho<N extends ServiceName>(
  echo: ChildPeer,
  of: {
    readonly service: N;
    readonly key: MethodName<N> & string;
    readonly answer: object;
    /** Path of the service's file in the contract, where it does not follow from the service's name. */
    readonly protoFile?: string;
    /** Wait on a timer before the answer, in ms. Default: none. */
    readonly delayMs?: number;
  },
  signal: AbortSignal,
): Promise<string> {
  const { definition } = loadMethod(of.service, of.key);
  const order: EchoOrder = {
    protoRoot: join(packageRoot, 'proto'),
    protoFile: of.protoFile ?? fileOf(of.service),
    service: of.service,
    method: definition.path.slice(definition.path.lastIndexOf('/') + 1),
    answer: definition.responseSerialize(of.answer).toString('base64'),
    delayMs: of.delayMs ?? 0,
  };
  const { port } = (await echo.ask(order, signal)) as { readonly port: number };
  return `127.0.0.1:${port}`;
}

function fileOf(service: ServiceName): string {
  const [, folder, name] = /^(.*)\.([^.]+)$/.exec(service) ?? [];
  const file = (name ?? '').replace(/(?!^)[A-Z]/g, '_$&').toLowerCase();
  return `${(folder ?? '').replaceAll('.', '/')}/${file}.proto`;
}
