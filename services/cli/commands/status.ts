import type { Command } from 'commander';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { replicaName, replicasOf } from '../../shared/platform/process/mesh-addresses.ts';
import { checkConsole, consoleUrlOf } from '../check-console.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { type CommandResult, type MeshSession, newMeshCommand, withMesh } from '../mesh-command.ts';
import { checkHealth } from '../rpc/check-health.ts';
import { trafficText } from '../rpc/traffic-views.ts';
import { renderTable } from '../table.ts';

/** Gives the command `status`: what runs, and is it well. */
export function statusCommand(context: CommandContext): Command {
  return newMeshCommand('status', {
    summary: 'show which services run, where, and whether they are well',
    examples: ['status', 'status --data /var/lib/flights --json'],
  }).action((options) => withMesh(options, context, readStatus));
}

async function readStatus(session: MeshSession): Promise<CommandResult> {
  const { found, context } = session;
  const { record, addresses, dataDirectory } = found;
  const services = await Promise.all(
    replicasOf(addresses).map(async ({ service, number }) => {
      const name = replicaName({ service, number }, addresses[service].length);
      const address = addresses[service][number - 1] ?? '';
      const pid = record.processes.find(
        (running) => running.service === service && running.replica === number,
      )?.pid;
      const asked = checkHealth(address, context.signal, found.tls?.client);
      const health = await saidBy(asked, context.signal);
      return { service, replica: number, name, address, pid, health };
    }),
  );
  const console = await readConsole(session);
  const isKnown = services.some(
    ({ service, health }) => service === 'registry' && health === 'serving',
  );
  const models = isKnown ? await readModels(session) : [];
  const isWell = services.every(({ health }) => health === 'serving');
  if (!isWell) context.setExitCode(exitCodes.failed);
  const rows = [...services, ...console].map(({ name, address, pid, health }) => [
    name,
    address,
    pid ?? '-',
    health,
  ]);
  const table = renderTable(['service', 'address', 'process', 'health'], rows);
  return {
    json: {
      mesh: record.mesh,
      dataDirectory,
      isWell,
      services,
      console: console[0] ?? null,
      models,
    },
    text: `mesh ${record.mesh}, data in ${dataDirectory}\n\n${table}${models.map(modelLine).join('')}`,
  };
}

/** How one process is. */
interface ConsoleRow {
  readonly name: string;
  /** `http://host:port`, or https. */
  readonly address: string;
  readonly pid: number | undefined;
  readonly health: string;
}

/** Gives how the console is, where the mesh has one. A mesh is well without it. */
async function readConsole({ found, context }: MeshSession): Promise<readonly ConsoleRow[]> {
  const { consoleAddress, processes } = found.record;
  if (consoleAddress === undefined) return [];
  const pid = processes.find(({ service }) => service === 'console')?.pid;
  const tls = found.tls?.client;
  const health = await saidBy(checkConsole(consoleAddress, context.signal, tls), context.signal);
  return [
    { name: 'console', address: consoleUrlOf(consoleAddress, tls !== undefined), pid, health },
  ];
}

interface ServedModel {
  readonly model: string;
  /** 0 when none is in production. */
  readonly version: number;
  /** Whether it was moved there without a complete checklist. */
  readonly isForced: boolean;
  /** What share the canary has, and whether shadows are paused; empty where nobody has steered the traffic. */
  readonly traffic: string;
}

/** Gives what is in production of each model that ever had a version there. */
async function readModels({ mesh, context }: MeshSession): Promise<readonly ServedModel[]> {
  const { signal } = context;
  const request = { isAliasedOnly: true };
  const { aliases, traffic } = await mesh.registry.listVersions(request, { signal });
  const steered = new Map(traffic.map((each) => [each.model, trafficText(each)]));
  return aliases
    .filter(({ alias }) => alias === 'production')
    .map(({ model, version, isForced }) => ({
      ...{ model, version, isForced },
      traffic: steered.get(model) ?? '',
    }));
}

function modelLine({ model, version, isForced, traffic }: ServedModel): string {
  const steered = traffic === '' ? '' : `; ${traffic}`;
  if (version === 0)
    return `\n${model}: no version in production, the fallback answers${steered}\n`;
  const how = isForced ? ', forced: its checklist was not complete' : '';
  return `\n${model}: version ${version} in production${how}${steered}\n`;
}

async function saidBy(isWell: Promise<boolean>, signal: AbortSignal): Promise<string> {
  try {
    return (await isWell) ? 'serving' : 'not serving';
  } catch (error) {
    signal.throwIfAborted();
    return `no answer: ${messageOf(error)}`;
  }
}
