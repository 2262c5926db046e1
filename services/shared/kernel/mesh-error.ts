import type { Code } from './code.ts';
import type { Reason } from './reason.ts';

/** What a caller may do about an error: nothing, ask another replica, or ask again after `delayMs`. */
export type RetryHint =
  | { readonly kind: 'never' }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'after'; readonly delayMs: number };

/** One field of a request that was refused: its path in proto names, and what was wanted and got. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** What a {@link MeshError} is made of; `message` says what was wanted, what came and what to do. */
export interface MeshErrorOptions {
  readonly code: Code;
  readonly reason: Reason;
  readonly message: string;
  readonly retry?: RetryHint;
  /** Ids, sizes and limits; never secrets or feature values. */
  readonly detail?: Readonly<Record<string, string | number>>;
  readonly violations?: readonly FieldViolation[];
  readonly cause?: unknown;
}

/** An operating error: something that a correct program meets. A broken invariant is an AssertionError instead. */
export class MeshError extends Error {
  override readonly name = 'MeshError';
  readonly code: Code;
  readonly reason: Reason;
  readonly retry: RetryHint;
  readonly detail: Readonly<Record<string, string | number>>;
  readonly violations: readonly FieldViolation[];

  constructor(options: MeshErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.reason = options.reason;
    this.retry = options.retry ?? { kind: 'never' };
    this.detail = options.detail ?? {};
    this.violations = options.violations ?? [];
  }
}

/** Gives the text of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of a host with several addresses, each try has failed in its own way.
  if (error.message === '' && error instanceof AggregateError) {
    return error.errors.map(messageOf).join('; ');
  }
  return error.message;
}
