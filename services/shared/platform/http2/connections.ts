import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Connection, type ConnectionOptions } from './connection.ts';

/** All connections of one server. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #all = new Set<Connection>();
  #isDraining = false;

  constructor(options: Omit<ConnectionOptions, 'onClose'>) {
    this.#options = { ...options, onClose: (connection) => this.#all.delete(connection) };
  }

  /** Serves a socket that was just accepted, over TLS once its handshake is over. */
  accept(socket: Socket): void {
    if (socket instanceof TLSSocket) {
      if (socket.alpnProtocol !== 'h2') {
        socket.destroy();
        return;
      }
      socket.disableRenegotiation();
    }
    const connection = new Connection(socket, this.#options);
    this.#all.add(connection);
    if (this.#isDraining) connection.drain();
  }

  /** Serves what is under way, and ends each connection after it. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#all) connection.drain();
  }

  /** Ends all at once. */
  destroy(): void {
    for (const connection of [...this.#all]) connection.destroy();
  }
}
