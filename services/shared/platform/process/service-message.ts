import type { Reason } from '../../kernel/reason.ts';
import { reasons } from '../../kernel/reason.ts';

/** What a service process tells the supervisor that started it, over the IPC channel. */
export type ServiceMessage =
  | {
      readonly kind: 'ready';
      /** Where it listens: `host:port`. */
      readonly address: string;
    }
  | {
      /** It was told to leave, and drains; the process exits with status 0 when it is done. */
      readonly kind: 'leaving';
    }
  | {
      /** It can't start; the process exits right after. */
      readonly kind: 'failed';
      readonly reason: Reason;
      readonly message: string;
      /** Whether a new start with the same configuration may succeed. */
      readonly isRetryable: boolean;
    };

/** Reads what came over the channel; gives undefined for what is not a {@link ServiceMessage}. */
export function parseServiceMessage(value: unknown): ServiceMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const { kind, address, reason, message, isRetryable } = fields;
  if (kind === 'ready') return typeof address === 'string' ? { kind, address } : undefined;
  if (kind === 'leaving') return { kind };
  const known = reasons.find((name) => name === reason);
  if (kind !== 'failed' || known === undefined || typeof message !== 'string') return undefined;
  return { kind, reason: known, message, isRetryable: isRetryable === true };
}
