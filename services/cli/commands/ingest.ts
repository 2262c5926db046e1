import { type Command, InvalidArgumentError } from 'commander';
import type { SourcePlan } from '../../shared/compute/plan.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { CommandContext } from '../command-context.ts';
import { formatCount } from '../format.ts';
import { type IngestedLines, ingestLines, type LineBatch } from '../ingest/ingest-lines.ts';
import { lineChunks } from '../ingest/line-chunks.ts';
import { lineFault } from '../ingest/line-fault.ts';
import type { EventForm } from '../ingest/parse-event-line.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { openInput } from '../open-input.ts';
import { IngestStream, type IngestTotals, noTotals } from '../rpc/ingest-stream.ts';
import { runningDefinition } from '../running-definition.ts';
import { showStep } from '../up/step-progress.ts';

interface IngestOptions extends MeshOptions {
  readonly partition?: string;
}

/** A feature service that was restarted is back by then. */
const awayMsMax = 30_000;

/** Gives the command `ingest`: sends events to the feature store. */
export function ingestCommand(context: CommandContext): Command {
  return newMeshCommand('ingest <source> [file]', {
    summary: 'send events to the feature store: one JSON object a line, out of a file or a pipe',
    examples: [
      'ingest purchases new-purchases.ndjson',
      `echo '{"id":20001,"boughtAt":"2025-04-01T09:30Z","userId":"u007","kind":"books","amount":12.34}' | mlmesh ingest purchases`,
      'ingest purchases shop-3.ndjson --partition shop-3',
    ],
  })
    .option(
      '--partition <name>',
      'the file is one ordered part of the source: an event is known by its place in it, and not by an id',
      parsePartition,
    )
    .addHelpText('after', ingestHelp)
    .action((source: string, file: string | undefined, options: IngestOptions) =>
      withMesh(options, context, (session) => ingest(session, { source, file, options })),
    );
}

const ingestHelp = `
An event has all columns of its source, null where there is no value. Times are ISO 8601 in UTC or milliseconds since 1970; decimals are written as
such, 12.34. What is reported is on disk. An event that is sent again is known by its id and counts once, so a file can be sent again after
any failure. A bad line is named by its number; nothing of its batch is taken, and nothing after it.
`;

interface IngestArguments {
  readonly source: string;
  readonly file: string | undefined;
  readonly options: IngestOptions;
}

async function ingest(
  { mesh, found, context }: MeshSession,
  { source, file, options: { partition } }: IngestArguments,
): Promise<CommandResult> {
  const form = formOf(await runningDefinition(found), source, partition !== undefined);
  const input = openInput(file, 'event', context.signal);
  const stream = new IngestStream(mesh, source, context.clock, context.signal);
  let ingested: IngestedLines = { totals: noTotals, events: 0, lastLine: 0 };
  const send = (batch: LineBatch): Promise<IngestTotals> => {
    const { rows, firstPosition, lines } = batch;
    const place = partition === undefined ? {} : { place: { partition, firstPosition } };
    return stream.ingest(rows, { awayMsMax, ...place }).catch((error: unknown) => {
      throw refusalOf(error, lines);
    });
  };
  try {
    await showStep(`ingest ${source}`, context, async (report) => {
      await ingestLines(form, lineChunks(input.bytes), {
        send,
        onDurable(now, { bytesRead }) {
          ingested = now;
          const share = input.bytesMax === undefined ? 0 : bytesRead / input.bytesMax;
          report(share, `${formatCount(now.events)} events`);
        },
      });
      return `${formatCount(ingested.events)} events`;
    });
  } catch (error) {
    const { events, lastLine } = ingested;
    const taken = events === 0 ? 'nothing is taken' : `up to line ${lastLine} all is on disk`;
    context.output.err(
      `${taken}; send the file again when it is right, what is known counts once\n`,
    );
    throw error;
  } finally {
    stream.close();
  }
  return { json: jsonOf(ingested), text: textOf(ingested) };
}

function formOf({ sources, views }: Mesh, name: string, hasPartition: boolean): EventForm {
  const source = sources.find((candidate) => candidate.name === name);
  if (source === undefined) throw unknownSource(name, sources);
  const keyColumns = views.filter((view) => view.source === name).flatMap((view) => view.by);
  return { source, keyColumns: new Set(keyColumns), hasPartition };
}

/** What the service refuses is told by the line where it says which event it is, and by those of the batch elsewhere. */
function refusalOf(error: unknown, lines: readonly number[]): unknown {
  if (!(error instanceof MeshError) || error.reason !== 'EVENT_INVALID') return error;
  const row = error.detail['row'];
  const line = row === undefined ? undefined : lines[Number(row)];
  if (line !== undefined) return lineFault(line, error.message);
  return new MeshError({
    code: error.code,
    reason: error.reason,
    message: `lines ${lines[0]} to ${lines.at(-1)}: ${error.message}`,
  });
}

function jsonOf({ totals, events }: IngestedLines): unknown {
  const { appended, duplicates, lateAccepted, lateDropped, logOffset } = totals;
  return { events, appended, duplicates, lateAccepted, lateDropped, logOffset };
}

function textOf({ totals, events }: IngestedLines): string {
  if (events === 0) return 'no events in the input\n';
  const { appended, duplicates, lateAccepted, lateDropped, logOffset } = totals;
  const late = `${formatCount(lateAccepted)} of them late, ${formatCount(lateDropped)} dropped as too late`;
  return `${formatCount(appended)} appended, ${late}, ${formatCount(duplicates)} known before; on disk at log offset ${formatCount(logOffset)}\n`;
}

function unknownSource(name: string, known: readonly SourcePlan[]): MeshError {
  const names = known.map((source) => source.name).join(', ') || 'none';
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'INVALID_FIELD',
    message: `wanted a source of this mesh (${names}), got '${name}'`,
  });
}

function parsePartition(text: string): string {
  if (text.length >= 1 && text.length <= 128) return text;
  throw new InvalidArgumentError('wanted a name of 1 to 128 characters.');
}
