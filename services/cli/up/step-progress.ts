import { SingleBar } from 'cli-progress';
import type { Clock } from '../../shared/kernel/clock.ts';
import { formatDuration } from '../format.ts';
import type { Output } from '../output.ts';

/** Reports how far a step has come: `share` of 0 to 1, and what it is at. */
export type ReportProgress = (share: number, text: string) => void;

const lineEveryMs = 5_000;

/**
 * Runs one named step and shows how far it is: a bar on a terminal, a line every 5 s elsewhere, and one line when it is done, made of
 * what `work` resolves with.
 */
export async function showStep(
  name: string,
  terminal: { readonly output: Output; readonly clock: Clock },
  work: (report: ReportProgress) => Promise<string>,
): Promise<void> {
  const { output, clock } = terminal;
  const startedMs = clock.monotonic();
  const shown = output.isTerminal ? bar(name) : lines(name, terminal);
  try {
    const done = await work(shown.report);
    shown.stop();
    const took = formatDuration(clock.monotonic() - startedMs);
    output.err(`  ${name.padEnd(nameColumns)}  ${done}  (${took})\n`);
  } catch (error) {
    shown.stop();
    output.err(`  ${name.padEnd(nameColumns)}  failed\n`);
    throw error;
  }
}

const nameColumns = 18;

interface ShownProgress {
  readonly report: ReportProgress;
  readonly stop: () => void;
}

function bar(name: string): ShownProgress {
  const single = new SingleBar({
    format: `  ${name.padEnd(nameColumns)}  {bar} {percentage} %  {text}`,
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
    barsize: 24,
    fps: 8,
  });
  single.start(100, 0, { text: '' });
  return {
    report: (share, text) => single.update(Math.round(share * 100), { text }),
    stop: () => single.stop(),
  };
}

function lines(
  name: string,
  { output, clock }: { readonly output: Output; readonly clock: Clock },
): ShownProgress {
  let lastMs = clock.monotonic();
  return {
    report(share, text) {
      if (clock.monotonic() - lastMs < lineEveryMs) return;
      lastMs = clock.monotonic();
      const percent = `${Math.round(share * 100)} %`;
      output.err(`  ${name.padEnd(nameColumns)}  ${percent.padStart(5)}  ${text}\n`);
    },
    stop: () => undefined,
  };
}
