import type { Clock } from '../../shared/kernel/clock.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { Output } from '../output.ts';
import { renderScreen, renderScreenLine, type ScreenSummary } from './screen.ts';

const redrawEveryMs = 500; // fast enough to feel live, slow enough to read
const lineEveryMs = 10_000;

/** Shows summaries until it is stopped: redrawn in place on a terminal, one line every 10 s elsewhere. */
export class LiveScreen {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #read: () => Promise<ScreenSummary>;
  #linesDrawn = 0;

  constructor(terminal: { output: Output; clock: Clock }, read: () => Promise<ScreenSummary>) {
    this.#output = terminal.output;
    this.#clock = terminal.clock;
    this.#read = read;
  }

  /** Shows until `signal` aborts, then once more; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const waitMs = durationMs(this.#output.isTerminal ? redrawEveryMs : lineEveryMs);
    while (!signal.aborted) {
      await this.#clock.sleep(waitMs, signal).catch(() => undefined); // the abort ends the loop
      await this.#show();
    }
  }

  /** Writes a line that stays, above what is redrawn. */
  print(line: string): void {
    this.#erase();
    this.#output.err(`${line}\n`);
  }

  async #show(): Promise<void> {
    let text: string;
    try {
      const summary = await this.#read();
      text = this.#output.isTerminal
        ? renderScreen(summary, this.#output.columns())
        : renderScreenLine(summary);
    } catch (error) {
      // The monitor restarts now and then; the next look finds it again.
      text = `no figures now: ${messageOf(error)}\n`;
    }
    this.#erase();
    this.#output.err(text);
    if (this.#output.isTerminal) this.#linesDrawn = text.split('\n').length - 1;
  }

  #erase(): void {
    // Cursor up to the first line drawn, then clear to the end of the screen.
    if (this.#linesDrawn > 0) this.#output.err(`\u001b[${this.#linesDrawn}A\u001b[J`);
    this.#linesDrawn = 0;
  }
}
