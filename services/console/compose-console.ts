import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { messageOf } from '../shared/kernel/mesh-error.ts';
import { parseBindAddress } from '../shared/platform/grpc/bind-address.ts';
import { openTls } from '../shared/platform/grpc/tls/open-tls.ts';
import { logEvent } from '../shared/platform/process/event-log.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { AccessPeople } from './adapters/access-people.ts';
import { FigureSampler } from './adapters/figure-sampler.ts';
import { LiftSampler } from './adapters/lift-sampler.ts';
import { MeshActions } from './adapters/mesh-actions.ts';
import { connectClients } from './adapters/mesh-clients.ts';
import { MeshViews } from './adapters/mesh-views.ts';
import { PersonClients } from './adapters/person-clients.ts';
import { RegistryFeed } from './adapters/registry-feed.ts';
import { ServiceHealth } from './adapters/service-health.ts';
import { checkReachable, consoleConfig } from './config.ts';
import type { Person } from './core/person.ts';
import { ConsoleServer } from './http/console-server.ts';
import { StaticFiles } from './http/static-files.ts';

/** Where `npm run build` puts the web application: beside this module. */
const webFolder = fileURLToPath(new URL('./bundle/', import.meta.url));

/** Puts a console together out of its configuration. */
export async function composeConsole(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const { isReadOnly, hosts } = consoleConfig(config);
  checkReachable(config);
  const { host, port } = parseBindAddress(config.address);
  const files = StaticFiles.read(webFolder);
  const models = Object.keys((await loadMeshModule(config.meshModule)).models);
  const tls = openTls(config.tls);
  const { addresses } = config;
  const clients = connectClients(addresses, clock, tls?.client);
  const inNameOf = new PersonClients({ addresses, clock, tls: tls?.client, own: clients });
  const clientsOf = (person: Person | undefined) => inNameOf.of(person);
  const health = new ServiceHealth(addresses, clock, tls?.client);
  const sampler = new FigureSampler({ monitor: clients.monitor, models, clock });
  const lifts = new LiftSampler({ monitor: clients.monitor, models, clock });
  const feed = new RegistryFeed({
    registry: clients.registry,
    clock,
    onError: (error) => logEvent('registry-feed-interrupted', { message: messageOf(error) }),
  });
  const mesh = config.meshName;
  const server = new ConsoleServer({
    ...{ host, port, files, clock },
    views: new MeshViews({
      mesh,
      models,
      hasVirtualClock: config.hasVirtualClock,
      clients,
      clientsOf,
      health,
      sampler,
      lifts,
      feed,
      clock,
    }),
    actions: new MeshActions(clientsOf),
    people: tls && new AccessPeople(tls.server.gate),
    tls: tls && { certificates: tls.server.certificates, hosts },
    session: { mesh, token: randomBytes(32).toString('base64url'), models },
    isReadOnly,
    onInternalError: (error) => logEvent('internal-error', { message: messageOf(error) }),
    onAction: (action, outcome, by) => logEvent('console-action', { action, outcome, by }),
  });
  const connections: Component = {
    name: 'connections',
    start: () => Promise.resolve(),
    stop() {
      inNameOf.close();
      clients.close();
      health.close();
      tls?.[Symbol.dispose]();
      return Promise.resolve();
    },
  };
  return { components: [connections, feed, sampler, lifts, server], address: () => config.address };
}
