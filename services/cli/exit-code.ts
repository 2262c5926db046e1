import { MeshError } from '../shared/kernel/mesh-error.ts';

/** What the exit status of the command means. */
export const exitCodes = {
  ok: 0,
  /** What was asked for could not be done; standard error says why. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** No mesh runs here, or it does not answer. */
  notRunning: 3,
  /** A check ran to its end and a figure missed its bar. */
  checkMissed: 4,
  /** An answer was served that its definition does not give. */
  parityBroken: 5,
  /** There was no answer to audit: nothing is said about parity. */
  nothingAudited: 6,
  /** A version that was made again is not what is registered. */
  notReproduced: 7,
  /** Ended by Ctrl-C or SIGTERM before it was done. */
  interrupted: 130,
} as const;

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Gives the exit status for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof MeshError) {
    if (error.reason === 'PEER_UNAVAILABLE') return exitCodes.notRunning;
    if (error.reason === 'CALL_CANCELLED') return exitCodes.interrupted;
  }
  return exitCodes.failed;
}
