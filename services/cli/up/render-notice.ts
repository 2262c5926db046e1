import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { SupervisorNotice } from '../../shared/platform/process/supervisor-state.ts';

/** Gives what happened to a service in one line; `addressOf` names where it listens. */
export function renderNotice(
  notice: SupervisorNotice,
  addressOf: (name: string) => string | undefined,
): string {
  switch (notice.kind) {
    case 'healthy': {
      const address = addressOf(notice.name) ?? '';
      const again = notice.isRestart ? '  (started again)' : '';
      return `  ${notice.name.padEnd(18)}  ${address}${again}`;
    }
    case 'crashed':
      return `! ${notice.name} crashed (${notice.how}); it starts again in ${notice.delayMs} ms`;
    case 'left':
      return `  ${notice.name.padEnd(18)}  drained, starts again`;
    case 'gave-up':
      return `! ${notice.name} can't start`;
    case 'killed':
      return `! ${notice.name} was killed: ${killReasons[notice.why]}`;
  }
}

const killReasons = {
  'start-overdue': 'it was not ready in time',
  'stop-overdue': 'it did not stop in time',
  unresponsive: 'it no longer answers',
} as const;

/** Gives the last lines of a log file; nothing where there is no file. */
export function tailOf(path: string, linesMax: number): readonly string[] {
  const bytesMax = 16_384;
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, bytesMax));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').slice(-linesMax);
  } finally {
    closeSync(file);
  }
}
