import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { parseShare } from '../parse-share.ts';
import { showTraffic, steerTraffic } from '../rpc/traffic-views.ts';
import { parseModel } from '../version-ref.ts';

interface RampOptions extends MeshOptions {
  readonly advance?: true;
  readonly to?: number;
  readonly hold?: true;
  readonly resume?: true;
  readonly reason: string;
  readonly force?: true;
}

interface ShadowOptions extends MeshOptions {
  readonly off?: true;
  readonly on?: true;
  readonly reason: string;
}

/** Gives the command `traffic` and those below it. */
export function trafficCommand(context: CommandContext): Command {
  return (
    newMeshCommand('traffic [model]', {
      summary: 'show who answers callers and who shadows, and steer it',
      examples: [
        'traffic',
        'traffic flight-delay --json',
        'traffic ramp flight-delay --advance --reason "no errors at 5 %"',
        'traffic shadows flight-delay --off --reason "the machine is full"',
      ],
    })
      .action((model: string | undefined, options: MeshOptions) =>
        withMesh(options, context, (session) => showTraffic(session, parseModel(model ?? ''))),
      )
      // What stands behind the name of a command below is that command's.
      .enablePositionalOptions()
      .addCommand(rampCommand(context))
      .addCommand(shadowsCommand(context))
  );
}

function rampCommand(context: CommandContext): Command {
  return newMeshCommand('ramp', {
    summary: 'give the canary of a model more or fewer callers, or hold it',
    examples: [
      'traffic ramp flight-delay --advance --reason "no errors at 5 %"',
      'traffic ramp flight-delay --to 0% --reason "late answers"',
      'traffic ramp flight-delay --hold --reason "over the weekend"',
    ],
  })
    .argument('<model>', 'its name')
    .option(
      '--advance',
      'go up to the next step, where the present one has lasted as the policy wants',
    )
    .option(
      '--to <share>',
      'go down to a share, such as 5%, or up to one of the next step',
      parseShare,
    )
    .option('--hold', 'let the share not grow until it is resumed')
    .option('--resume', 'let it grow again')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--force', 'grow although it is held, too early, or by several steps; stays on record')
    .action((text: string, options: RampOptions) => {
      const { advance, to, hold, resume, reason, force } = options;
      const wanted = [
        advance === true ? { isNextStep: true } : undefined,
        to === undefined ? undefined : { canaryShare: to },
        hold === true ? { isHeld: true } : undefined,
        resume === true ? { isHeld: false } : undefined,
      ].filter((change) => change !== undefined);
      const change = only(wanted, '--advance, --to, --hold and --resume');
      const command = { model: parseModel(text), reason, isForced: force === true, ...change };
      const isSafe = hold === true || to === 0;
      return withMesh(options, context, (session) => steerTraffic(session, command, isSafe));
    });
}

function shadowsCommand(context: CommandContext): Command {
  return newMeshCommand('shadows', {
    summary: 'send nothing to the shadows of a model, at once, or go on',
    examples: [
      'traffic shadows flight-delay --off --reason "the machine is full"',
      'traffic shadows flight-delay --on --reason "there is room again"',
    ],
  })
    .argument('<model>', 'its name')
    .option('--off', 'send nothing to any shadow of the model')
    .option('--on', 'send again what the policy says')
    .requiredOption('--reason <text>', 'why, for the record')
    .action((text: string, options: ShadowOptions) => {
      const { off, on, reason } = options;
      const wanted = [
        off === true ? { isShadowPaused: true } : undefined,
        on === true ? { isShadowPaused: false } : undefined,
      ].filter((change) => change !== undefined);
      const change = only(wanted, '--off and --on');
      const command = { model: parseModel(text), reason, ...change };
      return withMesh(options, context, (session) => steerTraffic(session, command, off === true));
    });
}

/** Gives the one change that was asked for. @throws {UsageError} */
function only<T>(changes: readonly T[], names: string): T {
  const [change] = changes;
  if (change !== undefined && changes.length === 1) return change;
  throw new UsageError(`wanted one of ${names}, got ${changes.length === 0 ? 'none' : 'several'}`);
}
