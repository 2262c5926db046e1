import { type LoadedMethod, type LoadedService, loadService, requestShape } from './load-proto.ts';
import type { RequestGuard } from './request-guard.ts';
import type { AnyHandler } from './serve-method.ts';
import type { Handlers, MethodName, ServiceName } from './service-types.ts';
import { valueGuard, valuesMaxDefault } from './value-guard.ts';

/** A service and its handlers, ready to be served. */
export interface ServiceImplementation {
  readonly service: LoadedService;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** By method; every method has one. */
  readonly guards: Readonly<Record<string, RequestGuard | undefined>>;
}

/** What checks the requests of one method before they are decoded: how many values they may hold (see {@link valueGuard}), or something that knows better what they are. */
export type MethodGuard = { readonly valuesMax: number } | RequestGuard;

/** Guards of some methods; each other one gets the default, {@link valuesMaxDefault}. */
export type Guards<N extends ServiceName> = { readonly [M in MethodName<N>]?: MethodGuard };

/** Pairs a service of the contract with its handlers, and with guards where its requests may hold more than those of others; the types hold them together. */
export function implement<N extends ServiceName>(
  name: N,
  handlers: Handlers<N>,
  guards: Guards<N> = {},
): ServiceImplementation {
  return implementPartly(name, handlers, guards);
}

/** Does as {@link implement} with some of the methods; the others answer UNIMPLEMENTED. For fakes of services. */
export function implementPartly<N extends ServiceName>(
  name: N,
  handlers: Partial<Handlers<N>>,
  guards: Guards<N> = {},
): ServiceImplementation {
  const service = loadService(name);
  // The handlers' message types end here: the wire knows objects.
  const given = guards as Readonly<Record<string, MethodGuard | undefined>>;
  return {
    service,
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
    guards: Object.fromEntries(
      service.methods.map((method) => [method.key, guardOf(method, given[method.key])]),
    ),
  };
}

function guardOf(method: LoadedMethod, guard: MethodGuard | undefined): RequestGuard {
  if (typeof guard === 'function') return guard;
  return valueGuard(requestShape(method), guard?.valuesMax ?? valuesMaxDefault);
}
