import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { parseAction } from '../core/actions.ts';
import { guardRequest } from '../core/guard-request.ts';
import type { ProblemView } from '../core/views.ts';
import type { ConsoleParts } from '../ports.ts';
import { EventStream } from './event-stream.ts';
import { problemOf, sendJson } from './http-answer.ts';
import { readJsonBody } from './read-json-body.ts';
import type { StaticFiles } from './static-files.ts';

/** What a server is made of. */
export interface ConsoleServerParts extends ConsoleParts {
  readonly host: string;
  readonly port: number;
  readonly files: StaticFiles;
  readonly clock: Clock;
  /** Hears what nobody expected. */
  readonly onInternalError: (error: unknown) => void;
  /** Hears each action that somebody asked for, and what came of it. */
  readonly onAction: (kind: string, outcome: string) => void;
}

/** A page is drawn anew so often while nothing of the registry changes. */
const viewEveryMs = durationMs(2_000);
/** Pages at once that are streamed to: more than people who look. */
const streamsMax = 64;

/** Serves the console over HTTP: its page, the views as JSON or as a stream of events, and the actions. */
export class ConsoleServer implements Component {
  readonly name = 'console-server';
  readonly #parts: ConsoleServerParts;
  readonly #server: Server;
  readonly #stopped = new AbortController();
  readonly #streams = new Set<Promise<void>>();

  constructor(parts: ConsoleServerParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#fail(response, error));
    });
  }

  async start(): Promise<void> {
    const { host, port } = this.#parts;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => reject(cannotListen(`${host}:${port}`, cause)));
      this.#server.listen({ host, port, exclusive: true }, resolve);
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(this.#streams);
    // What is under way has been answered or is nothing that anybody waits for.
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method = 'GET' } = request;
    const { port, session } = this.#parts;
    const url = new URL(request.url ?? '/', `http://${headers.host ?? 'localhost'}`);
    const refusal = guardRequest(
      {
        method,
        host: headers.host,
        origin: headers.origin,
        fetchSite: textOf(headers['sec-fetch-site']),
        token: textOf(headers['x-mlmesh-token']),
      },
      { port, token: session.token, isReadOnly: session.isReadOnly },
    );
    if (refusal !== undefined) {
      const { status, reason, message } = refusal;
      if (method !== 'GET') this.#parts.onAction(url.pathname, reason);
      return sendJson(response, status, { reason, message } satisfies ProblemView);
    }
    if (method === 'POST' && url.pathname === '/api/actions') return this.#act(request, response);
    if (method !== 'GET' && method !== 'HEAD') return sendNotThere(response, 405);
    return this.#read(request, url, response);
  }

  #read(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> | void {
    const { files, session, views } = this.#parts;
    if (url.pathname === '/healthz') return sendJson(response, 200, { status: 'serving' });
    if (url.pathname === '/api/session') return sendJson(response, 200, session);
    const [, name] = /^\/api\/views\/([a-z]+)$/.exec(url.pathname) ?? [];
    if (name !== undefined && views.names.has(name)) {
      const isStream = /\btext\/event-stream\b/.test(request.headers.accept ?? '');
      if (isStream) return this.#stream(request, { name, url }, response);
      return this.#view({ name, url }, response);
    }
    if (url.pathname.startsWith('/api/') || !files.send(request, url.pathname, response)) {
      sendNotThere(response, 404);
    }
  }

  async #view({ name, url }: WantedView, response: ServerResponse): Promise<void> {
    const query = new Map(url.searchParams);
    sendJson(response, 200, await this.#parts.views.read(name, query, this.#stopped.signal));
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { actions, onAction } = this.#parts;
    const wanted = parseAction(await readJsonBody(request));
    try {
      const result = await actions.run(wanted, this.#stopped.signal);
      onAction(wanted.action.kind, 'done');
      sendJson(response, 200, result);
    } catch (error) {
      onAction(wanted.action.kind, error instanceof MeshError ? error.reason : 'INTERNAL');
      throw error;
    }
  }

  /** Streams a view until the page leaves: now, after each change of the registry, and every 2 s. */
  async #stream(
    request: IncomingMessage,
    wanted: WantedView,
    response: ServerResponse,
  ): Promise<void> {
    if (this.#streams.size >= streamsMax) throw tooManyPages();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#stopped.signal]);
    const streaming = this.#pump(new EventStream(request, response), wanted, signal);
    this.#streams.add(streaming);
    try {
      await streaming;
    } finally {
      this.#streams.delete(streaming);
    }
  }

  async #pump(stream: EventStream, { name, url }: WantedView, signal: AbortSignal): Promise<void> {
    const { views, clock } = this.#parts;
    const query = new Map(url.searchParams);
    let changed = new AbortController();
    const unlisten = views.onChange(() => changed.abort());
    try {
      while (!signal.aborted) {
        changed = new AbortController();
        try {
          if (!stream.isBehind) stream.view(await views.read(name, query, signal));
        } catch (error) {
          if (signal.aborted) break;
          stream.problem(this.#problem(error).problem);
        }
        const woken = AbortSignal.any([signal, changed.signal]);
        await clock.sleep(viewEveryMs, woken).catch(() => undefined); // a change, or the end
      }
    } finally {
      unlisten();
      stream.end();
    }
  }

  #fail(response: ServerResponse, error: unknown): void {
    const { status, problem } = this.#problem(error);
    if (response.headersSent) response.destroy();
    else sendJson(response, status, problem);
  }

  #problem(error: unknown) {
    const known = problemOf(error);
    if (known !== undefined) return known;
    this.#parts.onInternalError(error);
    const message = 'the console failed; its log says how';
    return { status: 500, problem: { reason: 'INTERNAL', message } };
  }
}

interface WantedView {
  readonly name: string;
  readonly url: URL;
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function sendNotThere(response: ServerResponse, status: 404 | 405): void {
  const message = 'the console has nothing there';
  sendJson(response, status, { reason: 'METHOD_UNKNOWN', message } satisfies ProblemView);
}

function tooManyPages(): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'OVERLOADED',
    message: `${streamsMax} pages look at this console already; close one`,
  });
}

function cannotListen(address: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PORT_TAKEN',
    message: `the console can't listen on ${address}; choose another port with --console port=<number>`,
    cause,
  });
}
