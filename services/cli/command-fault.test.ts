import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { commandFault } from './command-fault.ts';
import { newCommand, newCommandGroup } from './new-command.ts';

function program(): Command {
  const help = { summary: 'does it', examples: [] };
  const models = newCommandGroup('models', 'versions')
    .addCommand(
      newCommand('rollback <model> [version]', help)
        .requiredOption('--reason <text>', 'why')
        .option('--force', 'whatever the checklist says'),
    )
    .addCommand(newCommand('diff <versions...>', help));
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  const root = new Command('mlmesh').exitOverride().enablePositionalOptions();
  const alerts = newCommand('alerts', help).option('--watch', 'as they come');
  alerts.addCommand(newCommand('silence <alert>', help));
  root.addCommand(models).addCommand(alerts).addCommand(newCommand('status', help));
  for (const command of [root, models, ...models.commands, ...root.commands]) {
    command.configureOutput(silent);
  }
  return root;
}

const faultOf = (line: string) => commandFault(program(), line.split(' '));

describe('commandFault', () => {
  it('finds nothing wrong with what could run, and runs nothing', () => {
    const lines = [
      'status',
      'status --json',
      'models rollback m --reason late',
      'models rollback --reason late --force m 3',
      'models diff a b c',
      'alerts',
      'alerts --watch',
      'alerts silence 7',
    ];
    assert.deepEqual(
      lines.map(faultOf),
      lines.map(() => undefined),
    );
  });

  it('says what is wrong', () => {
    assert.equal(faultOf('fly'), "'mlmesh' has no command 'fly'");
    assert.equal(faultOf('models'), "'models' wants a command");
    assert.equal(faultOf('alerts silenced'), "'alerts' has no command 'silenced'");
    assert.equal(faultOf('models fly m'), "'models' has no command 'fly'");
    assert.equal(faultOf('models rollback m --why late'), "'rollback' has no option --why");
    assert.equal(faultOf('models rollback m'), "'rollback' wants --reason <text>");
    assert.equal(faultOf('models rollback --reason late'), "'rollback' wants 1 arguments, got 0");
    assert.equal(
      faultOf('models rollback m 1 2 --reason x'),
      "'rollback' takes 2 arguments, got 3",
    );
    assert.match(faultOf('models rollback m --reason') ?? '', /argument missing/);
    assert.equal(faultOf('status now'), "'status' takes 0 arguments, got 1");
  });
});
