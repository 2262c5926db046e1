import { context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { type Logger as OtelLogger, SeverityNumber } from '@opentelemetry/api-logs';
import type { LogFields, Logger, LogLevel } from '../../kernel/logger.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';

/** How lines look: one JSON object a line, or text for a person. */
export type LogFormat = 'json' | 'text';

/** What a logger needs. */
export interface EventLoggerOptions {
  readonly service: string;
  readonly format: LogFormat;
  /** Lines below it are dropped. */
  readonly levelMin: LogLevel;
  /** Takes one line with its line end. */
  readonly write: (line: string) => void;
  readonly epochMs: () => number;
  /** Where records go besides; undefined where telemetry is off. */
  readonly otel: OtelLogger | undefined;
}

const severities: Readonly<Record<LogLevel, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** Gives a logger that writes lines and hands the same records to OpenTelemetry. */
export function eventLogger(options: EventLoggerOptions): Logger {
  const log = (level: LogLevel, event: string, fields: LogFields) => {
    if (severities[level] < severities[options.levelMin]) return;
    const epochMs = options.epochMs();
    options.write(lineOf(options, { level, event, fields, epochMs }));
    options.otel?.emit({
      timestamp: epochMs,
      severityNumber: severities[level],
      severityText: level.toUpperCase(),
      eventName: event,
      body: event,
      attributes: { ...fields },
      ...contextOf(fields),
    });
  };
  return {
    debug: (event, fields = {}) => log('debug', event, fields),
    info: (event, fields = {}) => log('info', event, fields),
    warn: (event, fields = {}, cause) => log('warn', event, { ...fields, ...causeOf(cause) }),
    error: (event, fields = {}, cause) => log('error', event, { ...fields, ...causeOf(cause) }),
  };
}

interface LogRecord {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
  readonly epochMs: number;
}

function lineOf({ service, format }: EventLoggerOptions, record: LogRecord): string {
  const { level, event, fields, epochMs } = record;
  const time = new Date(epochMs).toISOString();
  if (format === 'json') {
    return `${JSON.stringify({ time, level, service, event, ...fields })}\n`;
  }
  const texts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? quoted(value) : value}`);
  return `${[time, level.padEnd(5), service, event, ...texts].join(' ')}\n`;
}

function quoted(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : JSON.stringify(text);
}

function contextOf(fields: LogFields): { context?: ReturnType<typeof context.active> } {
  const { traceId, spanId } = fields;
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return {};
  const spanContext: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return { context: trace.setSpanContext(context.active(), spanContext) };
}

function causeOf(cause: unknown): LogFields {
  if (cause === undefined) return {};
  const fields = { message: messageOf(cause) };
  if (cause instanceof MeshError) {
    const { code, reason } = cause;
    // INTERNAL says nothing of its own: what was thrown stands behind it.
    return {
      ...fields,
      code,
      reason,
      ...(cause.cause === undefined ? {} : { cause: detailOf(cause.cause) }),
    };
  }
  return cause instanceof Error ? { ...fields, stack: cause.stack } : fields;
}

function detailOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
}
