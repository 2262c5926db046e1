import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TlsSettings } from '../../services/shared/platform/process/tls-settings.ts';

const python = process.env['MLMESH_OTLP_PYTHON'] ?? 'python3';
const needs = 'import grpc, opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc';

/** Starts a receiver; undefined where OpenTelemetry's messages are not installed (`pip install grpcio opentelemetry-proto`, and name its python in MLMESH_OTLP_PYTHON), but not in CI. */
export async function startReceiver(
  upstream: string,
  tls: TlsSettings,
): Promise<OtlpReceiver | undefined> {
  const isThere = spawnSync(python, ['-c', needs]).status === 0;
  if (!isThere && process.env['CI'] === undefined) return undefined;
  return await OtlpReceiver.start(upstream, tls);
}

/** Gives the settings that send what services tell to a receiver; none where there is none. */
export function telemetryTo(receiver: OtlpReceiver | undefined): {
  readonly telemetryEndpoint?: string;
} {
  return receiver === undefined ? {} : { telemetryEndpoint: `https://${receiver.address}` };
}

/** A span as the receiver got it; the ids in hex. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
}

/** A receiver of OTLP that shares no code with mlmesh: Python, Google's gRPC and OpenTelemetry's messages. It passes on what it gets, as a collector does. */
export class OtlpReceiver implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #spans: ReceivedSpan[] = [];
  #errors = '';
  #port = 0;

  private constructor(upstream: string, tls: TlsSettings | undefined) {
    const paths = tls === undefined ? [] : [tls.authority, tls.certificate, tls.key];
    this.#child = spawn(python, ['test/support/otlp-receiver.py', upstream, ...paths], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stderr?.on('data', (text) => {
      this.#errors += String(text);
    });
  }

  /** Starts one that passes on to `upstream`, `host:port`; with TLS on both sides where it has a certificate. Resolves when it listens on a free port of the loopback. */
  static async start(upstream: string, tls?: TlsSettings): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(upstream, tls);
    await receiver.#listens();
    return receiver;
  }

  /** Its address, `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Gives the spans of a trace that it has got so far. */
  spansOf(traceId: string): readonly ReceivedSpan[] {
    return this.#spans.filter((span) => span.traceId === traceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #listens(): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the receiver has no output');
    const lines = createInterface({ input: stdout });
    const first = once(lines, 'line');
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error(`the receiver ended: ${this.#errors}`);
    });
    const [port] = await Promise.race([first, ended]);
    ended.catch(() => undefined);
    this.#port = Number(port);
    // What this script writes.
    lines.on('line', (line) => this.#spans.push(JSON.parse(line) as ReceivedSpan));
  }
}
