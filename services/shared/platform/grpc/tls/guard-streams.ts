import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { noteHeaders } from '../../process/header-collections.ts';
import { refuseStream } from '../call-gate.ts';
import type { AccessGate, Denial } from './access-gate.ts';

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/** Puts a gate before everything that listens for calls of HTTP/2 servers: health, reflection and what is not there as well. */
export function guardStreams(
  servers: readonly EventEmitter[],
  gate: AccessGate,
  onDenied: (denial: Denial) => void,
): void {
  for (const server of servers) {
    const listeners = server.listeners('stream') as OnStream[];
    server.removeAllListeners('stream');
    const onStream: OnStream = (stream, headers, flags) => {
      const denial = gate.denialOf(stream, headers);
      if (denial === undefined) {
        for (const listener of listeners) listener.call(server, stream, headers, flags);
        return;
      }
      noteHeaders();
      refuseStream(stream, denial.error);
      onDenied(denial);
    };
    server.on('stream', onStream);
  }
}
