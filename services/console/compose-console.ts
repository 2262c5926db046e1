import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../shared/kernel/clock.ts';
import type { Component } from '../shared/kernel/component.ts';
import { messageOf } from '../shared/kernel/mesh-error.ts';
import { parseBindAddress } from '../shared/platform/grpc/bind-address.ts';
import { openClientTls } from '../shared/platform/grpc/tls/client-tls.ts';
import { logEvent } from '../shared/platform/process/event-log.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { ServiceParts } from '../shared/platform/process/run-service.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { FigureSampler } from './adapters/figure-sampler.ts';
import { LiftSampler } from './adapters/lift-sampler.ts';
import { MeshActions } from './adapters/mesh-actions.ts';
import { connectClients } from './adapters/mesh-clients.ts';
import { MeshViews } from './adapters/mesh-views.ts';
import { RegistryFeed } from './adapters/registry-feed.ts';
import { ServiceHealth } from './adapters/service-health.ts';
import { consoleConfig } from './config.ts';
import { ConsoleServer } from './http/console-server.ts';
import { StaticFiles } from './http/static-files.ts';

/** Where `npm run build` puts the web application: beside this module. */
const webFolder = fileURLToPath(new URL('./bundle/', import.meta.url));

/** Puts a console together out of its configuration. */
export async function composeConsole(config: ServiceConfig, clock: Clock): Promise<ServiceParts> {
  const { isReadOnly } = consoleConfig(config);
  const { host, port } = parseBindAddress(config.address);
  const files = StaticFiles.read(webFolder);
  const models = Object.keys((await loadMeshModule(config.meshModule)).models);
  const tls = config.tls && openClientTls(config.tls);
  const clients = connectClients(config.addresses, clock, tls);
  const health = new ServiceHealth(config.addresses, clock, tls);
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
      health,
      sampler,
      lifts,
      feed,
      clock,
    }),
    actions: new MeshActions(clients),
    session: { mesh, token: randomBytes(32).toString('base64url'), isReadOnly, models },
    onInternalError: (error) => logEvent('internal-error', { message: messageOf(error) }),
    onAction: (action, outcome) => logEvent('console-action', { action, outcome }),
  });
  const connections: Component = {
    name: 'connections',
    start: () => Promise.resolve(),
    stop() {
      clients.close();
      health.close();
      tls?.[Symbol.dispose]();
      return Promise.resolve();
    },
  };
  return { components: [connections, feed, sampler, lifts, server], address: () => config.address };
}
