import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatDuration, formatTime } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { renderTable } from '../table.ts';
import { renderWaterfall } from '../waterfall.ts';

/** Gives the command `trace`: where the time of a request went. */
export function traceCommand(context: CommandContext): Command {
  return newMeshCommand('trace [id]', {
    summary: 'draw where the time of one request went, through every process and thread',
    examples: [
      'trace                                            list the newest traces',
      'trace 4bf92f3577b34da6a3ce929d0e0e4736          by trace id',
      'trace 00e7a1b2c3d4f00d-00000000002a             by prediction id',
    ],
  }).action((id: string | undefined, options: MeshOptions) =>
    withMesh(options, context, (session) =>
      id === undefined ? listTraces(session) : showTrace(session, id),
    ),
  );
}

async function showTrace({ mesh, context }: MeshSession, id: string): Promise<CommandResult> {
  const key = /^[0-9a-f]{32}$/.test(id) ? { traceId: id } : { predictionId: id };
  const { spans } = await mesh.monitor.getTrace(key, { signal: context.signal });
  return { json: { spans }, text: renderWaterfall(spans, context.output.columns()) };
}

async function listTraces({ mesh, context }: MeshSession): Promise<CommandResult> {
  const { signal } = context;
  const { traces } = await mesh.monitor.listTraces({ tracesMax: 20, rootName: '' }, { signal });
  const rows = traces.map((trace) => [
    trace.traceId,
    trace.rootName,
    formatTime(trace.startMs),
    formatDuration(trace.durationMs),
    trace.spans,
    trace.processes,
    trace.threads,
  ]);
  const heads = ['trace', 'root', 'start (UTC)', 'duration', 'spans', 'processes', 'threads'];
  const text = rows.length === 0 ? 'no traces yet\n' : renderTable(heads, rows);
  return { json: { traces }, text };
}
