import type { Command } from 'commander';
import { durationMs } from '../../shared/kernel/units.ts';
import type { CommandContext } from '../command-context.ts';
import { findMesh } from '../find-mesh.ts';
import { formatDuration } from '../format.ts';
import { type MeshOptions, newMeshCommand } from '../mesh-command.ts';
import { writeJson } from '../output.ts';
import { type RestartedReplica, restartReplica } from '../restart/restart-replica.ts';
import { restartTargets } from '../restart/restart-targets.ts';
import { showStep } from '../up/step-progress.ts';

/** Callers look for a service that was away at most half a second apart: after two looks they have found it. */
const foundAgainMs = durationMs(1_000);

/** Gives the command `restart`: new processes, one after the other, without losing a request. */
export function restartCommand(context: CommandContext): Command {
  return newMeshCommand('restart <name...>', {
    summary:
      'restart services replica by replica: each drains, leaves, and is ready before the next',
    examples: [
      'restart router                 all routers, one after the other',
      'restart prediction#2           one of several prediction services',
      'restart all                    everything, those first that others need',
    ],
  }).action((names: string[], options: MeshOptions) => restart(names, options, context));
}

async function restart(
  names: readonly string[],
  options: MeshOptions,
  context: CommandContext,
): Promise<void> {
  const found = findMesh(options.data, options.as);
  const restarted: RestartedReplica[] = [];
  const { consoleAddress } = found.record;
  const place = { ...found, consoleAddress };
  for (const target of restartTargets(names, found.addresses, consoleAddress !== undefined)) {
    if (restarted.length > 0) await context.clock.sleep(foundAgainMs, context.signal);
    await showStep(target.name, context, async () => {
      const one = await restartReplica(target, place, context);
      restarted.push(one);
      return `process ${one.pid} serves at ${one.address}`;
    });
  }
  if (options.json) {
    writeJson(context.output, { restarted });
    return;
  }
  const totalMs = restarted.reduce((sum, { tookMs }) => sum + tookMs, 0);
  const noun = restarted.length === 1 ? 'process' : 'processes';
  context.output.out(`${restarted.length} ${noun} restarted in ${formatDuration(totalMs)}\n`);
}
