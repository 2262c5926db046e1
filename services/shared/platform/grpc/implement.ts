import { type LoadedService, loadService } from './load-proto.ts';
import type { RequestGuard } from './request-guard.ts';
import type { AnyHandler } from './serve-method.ts';
import type { Handlers, MethodName, ServiceName } from './service-types.ts';

/** A service and its handlers, ready to be served. */
export interface ServiceImplementation {
  readonly service: LoadedService;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** By method. */
  readonly guards: Readonly<Record<string, RequestGuard | undefined>>;
}

/** What checks the requests of some methods before they are decoded. */
export type Guards<N extends ServiceName> = { readonly [M in MethodName<N>]?: RequestGuard };

/** Pairs a service of the contract with its handlers, and with guards where decoding a request unseen could cost too much; the types hold them together. */
export function implement<N extends ServiceName>(
  name: N,
  handlers: Handlers<N>,
  guards: Guards<N> = {},
): ServiceImplementation {
  // The handlers' message types end here: the wire knows objects.
  return {
    service: loadService(name),
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
    guards: guards as Readonly<Record<string, RequestGuard | undefined>>,
  };
}

/** Does as {@link implement} with some of the methods; the others answer UNIMPLEMENTED. For fakes of services. */
export function implementPartly<N extends ServiceName>(
  name: N,
  handlers: Partial<Handlers<N>>,
): ServiceImplementation {
  return {
    service: loadService(name),
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
    guards: {},
  };
}
