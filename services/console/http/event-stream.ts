import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { ProblemView } from '../core/views.ts';
import { securityHeaders } from './http-answer.ts';

/**
 * Server-sent events to one page. Compressed as one stream: a view that differs in a few figures from the one before costs some hundred bytes.
 * @source https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #gzip: Gzip | undefined;
  #last = '';

  constructor(request: IncomingMessage, response: ServerResponse) {
    const isCompressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    response.writeHead(200, {
      ...securityHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    });
    this.#response = response;
    if (!isCompressed) return;
    this.#gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    this.#gzip.pipe(response);
  }

  /** Sends a view, unless the page has it. `atMs` alone makes no new view. */
  view(view: object): void {
    const text = JSON.stringify(view);
    const compared = JSON.stringify({ ...view, atMs: 0 });
    if (compared === this.#last) {
      // A page that hears nothing for a while takes the connection for lost.
      this.#write(': same\n\n');
      return;
    }
    this.#last = compared;
    this.#write(`event: view\ndata: ${text}\n\n`);
  }

  /** Says why there is no view. */
  problem(problem: ProblemView): void {
    this.#last = '';
    this.#write(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`);
  }

  /** Whether the page takes less than comes: then what comes next is left out. */
  get isBehind(): boolean {
    return (this.#gzip ?? this.#response).writableNeedDrain;
  }

  /** Ends the stream. */
  end(): void {
    (this.#gzip ?? this.#response).end();
  }

  #write(text: string): void {
    (this.#gzip ?? this.#response).write(text);
  }
}
