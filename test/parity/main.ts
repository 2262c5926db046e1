import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { type ParityReport, runParity } from './parity-run.ts';

interface Arguments {
  readonly json?: true;
  readonly answers: number;
  readonly kills: number;
  readonly online?: string;
  readonly seed: number;
}

const command = new Command('parity:flights')
  .description(
    'ingest the flights of June 2001 with late events and duplicates while answers are read, kill the feature service, and audit every answer',
  )
  .option('--json', 'one line of JSON last')
  .option('--answers <number>', 'answers to read', parseCount, 100_000)
  .option(
    '--kills <number>',
    'kill -9 of the feature service, spread over the events',
    parseCount,
    1,
  )
  .option(
    '--online <url>',
    'where the online state is kept, such as redis://127.0.0.1:6379; default: LMDB',
  )
  .option('--seed <number>', 'seed of what is asked and what is late', parseCount, 2001)
  .action(run);
await command.parseAsync();

async function run({ json, answers, kills, online, seed }: Arguments): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-parity-'));
  const show = (text: string) => void process.stderr.write(`parity: ${text}\n`);
  try {
    const report = await runParity({
      folder,
      meshModule: fileURLToPath(new URL('../../deploy/flights/mesh.js', import.meta.url)),
      options: {
        meshFolder: process.cwd(),
        checkpointMs: 2_000,
        answersMax: answers * 2,
        ...(online === undefined ? {} : { onlineStore: online }),
      },
      historyUntilMs: Date.UTC(2001, 5, 1),
      untilMs: Date.UTC(2001, 6, 1),
      answersMin: answers,
      lateShare: 0.01,
      kills,
      seed,
      show,
    });
    process.stdout.write(render(report));
    if (json) process.stdout.write(`${JSON.stringify({ ...report, online: online ?? 'lmdb' })}\n`);
    if (report.mismatches > 0 || report.answers === 0) process.exitCode = 5;
  } catch (error) {
    show(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function render(report: ParityReport): string {
  const { answers, cells, mismatches, served, notAudited, runMs, auditMs, examples } = report;
  const lines = [
    `${mismatches} of ${cells} values of ${answers} answers differ from their recomputation`,
    `${served} answers were served, ${notAudited} of them lost from the log by ${report.kills} kills; ${(report.presentShare * 100).toFixed(1)} % of the values were computed from events`,
    `${report.events} events were ingested, ${report.late} of them late, and ${report.duplicates} sent again and dropped`,
    `${report.changedSince} values would change by events that came later, ${report.lateEffects} by late ones: freshness, not errors`,
    `${(runMs / 1_000).toFixed(1)} s of ingest and reads, ${(auditMs / 1_000).toFixed(1)} s of audit`,
    ...examples.map((example) => `mismatch: ${JSON.stringify(example)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('wanted 1 or more.');
  return value;
}
