import { type LoadedService, loadService } from './load-proto.ts';
import type { AnyHandler } from './serve-method.ts';
import type { Handlers, ServiceName } from './service-types.ts';

/** A service and its handlers, ready to be served. */
export interface ServiceImplementation {
  readonly service: LoadedService;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

/** Pairs a service of the contract with its handlers; the types hold the two together. */
export function implement<N extends ServiceName>(
  name: N,
  handlers: Handlers<N>,
): ServiceImplementation {
  // The handlers' message types end here: the wire knows objects.
  return {
    service: loadService(name),
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
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
  };
}
