import type { Component } from '../../kernel/component.ts';
import type { MeshServer } from './server.ts';

/** Gives a server as the last component of a process: it says that it serves once it listens, and drains when it stops. */
export function serving(server: MeshServer): Component {
  return {
    name: server.name,
    async start() {
      await server.start();
      server.health.setAll(true);
    },
    stop: (graceMs) => server.stop(graceMs),
  };
}
