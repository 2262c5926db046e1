import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { parseAction } from '../core/actions.ts';
import { actionsPath, guardRequest } from '../core/guard-request.ts';
import { type Person, whyReadOnly } from '../core/person.ts';
import type { ProblemView, SessionView } from '../core/views.ts';
import type { Asker, ConsoleParts } from '../ports.ts';
import { type ConsoleTls, createConsoleServer, hostsOf } from './create-server.ts';
import { EventStream } from './event-stream.ts';
import { problemOf, sendJson } from './http-answer.ts';
import { readJsonBody } from './read-json-body.ts';
import { SignIns } from './sign-ins.ts';
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
  readonly onAction: (kind: string, outcome: string, by: string) => void;
  /** What it serves HTTPS with; undefined serves HTTP on the loopback. */
  readonly tls: ConsoleTls | undefined;
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
  readonly #signIns: SignIns | undefined;
  readonly #stopped = new AbortController();
  readonly #streams = new Set<Promise<void>>();

  constructor(parts: ConsoleServerParts) {
    this.#parts = parts;
    this.#signIns = parts.people && new SignIns(parts.people, parts.clock);
    this.#server = createConsoleServer(parts.tls, (request, response) => {
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
    const { port, session, isReadOnly, tls } = this.#parts;
    const url = new URL(request.url ?? '/', 'http://console');
    // Whoever asks whether it is well knows it by its address alone, and learns nothing else.
    if (url.pathname === '/healthz') return sendJson(response, 200, { status: 'serving' });
    const refusal = guardRequest(
      {
        method,
        path: url.pathname,
        host: headers.host,
        origin: headers.origin,
        fetchSite: textOf(headers['sec-fetch-site']),
        token: textOf(headers['x-mlmesh-token']),
      },
      {
        ...{ token: session.token, isReadOnly },
        loopbackPort: tls === undefined ? port : undefined,
        hosts: hostsOf(tls),
      },
    );
    if (refusal !== undefined) {
      const { status, reason, message } = refusal;
      if (method !== 'GET') this.#parts.onAction(url.pathname, reason, '');
      return sendJson(response, status, { reason, message } satisfies ProblemView);
    }
    if (method === 'POST' && url.pathname === actionsPath) return this.#act(request, response);
    if (method === 'POST' && url.pathname === '/api/sign-in') {
      return this.#signIn(request, response);
    }
    if (method === 'POST' && url.pathname === '/api/sign-out') {
      this.#signIns?.end(request, response);
      return sendJson(response, 200, this.#sessionOf(undefined));
    }
    if (method !== 'GET' && method !== 'HEAD') return sendNotThere(response, 405);
    return this.#read(request, url, response);
  }

  #read(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> | void {
    const { files, views } = this.#parts;
    if (url.pathname === '/api/session') {
      const person = this.#signIns?.knownPersonOf(request);
      return sendJson(response, 200, this.#sessionOf(person));
    }
    const [, name] = /^\/api\/views\/([a-z]+)$/.exec(url.pathname) ?? [];
    if (name !== undefined && views.names.has(name)) {
      const isStream = /\btext\/event-stream\b/.test(request.headers.accept ?? '');
      if (isStream) return this.#stream(request, { name, url }, response);
      return this.#view(request, { name, url }, response);
    }
    if (url.pathname.startsWith('/api/') || !files.send(request, url.pathname, response)) {
      sendNotThere(response, 404);
    }
  }

  #sessionOf(person: Person | undefined): SessionView {
    const { session, isReadOnly } = this.#parts;
    const shown = person && { name: person.name, roles: person.roles };
    return {
      ...session,
      hasSignIn: this.#signIns !== undefined,
      person: shown,
      readOnlyBecause: whyReadOnly(isReadOnly, shown),
    };
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { onAction } = this.#parts;
    if (this.#signIns === undefined) return sendNotThere(response, 404);
    try {
      const person = this.#signIns.begin(await readJsonBody(request), response);
      onAction('sign-in', 'done', person.name);
      sendJson(response, 200, this.#sessionOf(person));
    } catch (error) {
      onAction('sign-in', error instanceof MeshError ? error.reason : 'INTERNAL', '');
      throw error;
    }
  }

  /** Gives who asks, until nobody waits any more. @throws {MeshError} UNAUTHENTICATED where people sign in, and nobody has */
  #askerOf(request: IncomingMessage, signal: AbortSignal): Asker {
    return { person: this.#signIns?.personOf(request), signal };
  }

  async #view(
    request: IncomingMessage,
    { name, url }: WantedView,
    response: ServerResponse,
  ): Promise<void> {
    const asker = this.#askerOf(request, this.#stopped.signal);
    const query = new Map(url.searchParams);
    sendJson(response, 200, await this.#parts.views.read(name, query, asker));
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { actions, onAction } = this.#parts;
    const asker = this.#askerOf(request, this.#stopped.signal);
    const by = asker.person?.name ?? '';
    const wanted = parseAction(await readJsonBody(request));
    try {
      const result = await actions.run(wanted, asker);
      onAction(wanted.action.kind, 'done', by);
      sendJson(response, 200, result);
    } catch (error) {
      onAction(wanted.action.kind, error instanceof MeshError ? error.reason : 'INTERNAL', by);
      throw error;
    }
  }

  /** Streams a view until the page leaves: now, after each change of the registry, and every 2 s. */
  async #stream(
    request: IncomingMessage,
    wanted: WantedView,
    response: ServerResponse,
  ): Promise<void> {
    this.#askerOf(request, this.#stopped.signal);
    if (this.#streams.size >= streamsMax) throw tooManyPages();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#stopped.signal]);
    const asker = () => this.#askerOf(request, signal);
    const streaming = this.#pump(new EventStream(request, response), wanted, asker);
    this.#streams.add(streaming);
    try {
      await streaming;
    } finally {
      this.#streams.delete(streaming);
    }
  }

  /** Whoever looks is found out anew with each look: they may have signed out, or lost their token. */
  async #pump(stream: EventStream, { name, url }: WantedView, askerOf: () => Asker): Promise<void> {
    const { views, clock } = this.#parts;
    const { signal } = askerOf();
    const query = new Map(url.searchParams);
    let changed = new AbortController();
    const unlisten = views.onChange(() => changed.abort());
    try {
      while (!signal.aborted) {
        changed = new AbortController();
        try {
          const asker = askerOf();
          if (!stream.isBehind) stream.view(await views.read(name, query, asker));
        } catch (error) {
          if (signal.aborted) break;
          stream.problem(this.#problem(error).problem);
          if (error instanceof MeshError && error.code === 'UNAUTHENTICATED') break;
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
