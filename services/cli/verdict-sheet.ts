import { formatTime } from './format.ts';
import { renderTable } from './table.ts';

/** A verdict of the monitor, as mlmesh.monitor.v1.Verdict has it. */
export interface SheetVerdict {
  readonly verdictId: string;
  readonly kind: string;
  readonly model: string;
  readonly version: number;
  readonly baselineVersion: number;
  readonly atMs: number;
  readonly decision: string;
  readonly statement: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** How a verdict came to be, as mlmesh.monitor.v1.ExplainVerdictResponse has it. */
export interface SheetExplanation {
  readonly verdict: SheetVerdict | null;
  readonly again: SheetVerdict | null;
  readonly isSame: boolean;
  readonly policyDigest: string;
  readonly recounts: readonly {
    readonly name: string;
    readonly stored: number;
    readonly counted: number;
  }[];
  /** Who is to blame, for people; null where that was not kept. */
  readonly attribution: { readonly text: string } | null;
}

/** Tells whether a text is the id of a verdict. */
export function isVerdictId(text: string): boolean {
  return /^v[0-9a-z]{9}-[a-z]+-/.test(text);
}

/** Writes a list of verdicts as a table. */
export function renderVerdicts(verdicts: readonly SheetVerdict[]): string {
  if (verdicts.length === 0) return 'no verdict so far\n';
  const heads = ['verdict', 'at (UTC)', 'version', 'against', 'decision', 'found'];
  const rows = verdicts.map((verdict) => [
    verdict.verdictId,
    formatTime(verdict.atMs),
    `${verdict.model}@${verdict.version}`,
    verdict.baselineVersion === 0 ? '-' : String(verdict.baselineVersion),
    verdict.decision,
    verdict.statement,
  ]);
  return renderTable(heads, rows);
}

/** Writes how a verdict came to be: what was found, each number stored and decided again, and the counts of the log. */
export function renderVerdict(explanation: SheetExplanation): string {
  const { verdict, again, isSame, policyDigest, recounts, attribution } = explanation;
  if (verdict === null) return 'there is no such verdict\n';
  const { model, version, baselineVersion, atMs, decision, statement, figures } = verdict;
  const against = baselineVersion === 0 ? '' : ` against version ${baselineVersion}`;
  const names = [...new Set([...Object.keys(figures), ...Object.keys(again?.figures ?? {})])];
  const counts = recounts.map(({ name, stored, counted }) => [
    name,
    String(stored),
    String(counted),
  ]);
  return [
    `${decision} of ${model}@${version}${against}, ${formatTime(atMs)} UTC\n`,
    `${statement}\n\n`,
    attribution === null ? '' : `${attribution.text}\n\n`,
    renderTable(
      ['figure', 'stored', 'decided again'],
      names.map((name) => [name, text(figures[name]), text(again?.figures[name])]),
    ),
    isSame
      ? `decided again from the stored inputs: the same in every number (policy ${policyDigest.slice(0, 12)})\n`
      : `decided again from the stored inputs: NOT the same; another version of mlmesh may have stored it\n`,
    counts.length === 0
      ? 'the log of predictions does not reach back so far\n'
      : `\n${renderTable(['counted', 'stored', 'in the log'], counts)}`,
  ].join('');
}

function text(figure: number | undefined): string {
  return figure === undefined ? '-' : String(figure);
}
