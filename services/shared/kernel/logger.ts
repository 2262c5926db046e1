/** Ids, sizes and reasons of an event; never secrets or feature values. `traceId` and `spanId` tie it to a span. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** How much a line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one structured line per event. `event` is a constant in kebab-case: what a reader searches for. Never throws. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  /** `cause` is what was thrown: its message, reason and stack go into the line. */
  warn(event: string, fields?: LogFields, cause?: unknown): void;
  /** As {@link warn}. */
  error(event: string, fields?: LogFields, cause?: unknown): void;
}
