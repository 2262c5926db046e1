import type { Verdict } from './finding.ts';
import { parseRunbook, type RunbookPage, wordsOf } from './runbook-page.ts';

/** What the page of an alert has to say: where to look, what to do, and when it is over. */
export const runbookSections = ['Look', 'Do', 'Over'] as const;

/** What runbooks are judged by. */
export interface RunbookWish {
  /** Names of the alerts that may fire. */
  readonly alerts: readonly string[];
  /** Gives the text of an alert's page; undefined where there is none. */
  readonly textOf: (alert: string) => string | undefined;
  /** Says what is wrong with the words behind `mlmesh`; undefined where it is a command. */
  readonly faultOfCommand: (words: readonly string[]) => string | undefined;
}

/** How runbooks were found. */
export interface JudgedRunbooks {
  readonly verdict: Verdict;
  readonly pages: number;
  /** Commands of `mlmesh` on them, each page's counted. */
  readonly commands: number;
  /** For people. */
  readonly statement: string;
}

/** Faults that a statement names. */
const faultsShown = 10;

/** Checks that each alert has a page with its sections, and that every command on it is one. */
export function judgeRunbooks({ alerts, textOf, faultOfCommand }: RunbookWish): JudgedRunbooks {
  let commands = 0;
  const faults = alerts.flatMap((alert) => {
    const text = textOf(alert);
    if (text === undefined) return [`${alert} has no page`];
    const page = parseRunbook(text);
    const lines = page.commands.map(({ line }) => line);
    commands += lines.filter(isOfMesh).length;
    return [
      ...missingSections(page).map((section) => `${alert} has no section '${section}'`),
      ...(lines.some(isOfMesh) ? [] : [`${alert} has no command`]),
      ...lines.flatMap((line) => {
        const fault = isOfMesh(line) ? faultOfCommand(wordsOf(line).slice(2)) : undefined;
        return fault === undefined ? [] : [`${alert}: '${line}': ${fault}`];
      }),
    ];
  });
  const isWhole = alerts.length > 0 && faults.length === 0;
  return {
    verdict: isWhole ? 'pass' : 'fail',
    pages: alerts.length,
    commands,
    statement: isWhole
      ? `${alerts.length} alerts have a page each, with ${commands} commands that mlmesh knows`
      : faults.slice(0, faultsShown).join('; '),
  };
}

function isOfMesh(line: string): boolean {
  return line.startsWith('npx mlmesh ');
}

function missingSections({ sections }: RunbookPage): readonly string[] {
  return runbookSections.filter((section) => !sections.includes(section));
}
