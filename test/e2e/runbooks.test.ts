import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { wordsOf } from '../../services/cli/evidence/runbook-page.ts';
import { runProgram } from '../../services/cli/program.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { type RunbookCommand, runbookCommands } from '../support/runbook-commands.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

describe('deploy/runbooks', () => {
  let mesh: SmallFlights;
  /** A folder that looks as the pages say: the data directory is `.mlmesh/flights`. */
  let place: string;

  before(async () => {
    mesh = await startSmallFlights();
    place = mkdtempSync(join(tmpdir(), 'mlmesh-runbooks-'));
    mkdirSync(join(place, '.mlmesh'));
    symlinkSync(mesh.data, join(place, '.mlmesh', 'flights'));
    await mesh.client.predict('flight-delay', askFlight());
    await raiseAlert();
  });
  after(async () => {
    await mesh[Symbol.asyncDispose]();
    rmSync(place, { recursive: true });
  });

  /** Has a router say that it dropped records, so that there is an alert to look at. */
  async function raiseAlert(): Promise<void> {
    const prediction = {
      ...{ predictionId: '0123456789abcdef-000000000001', model: 'flight-delay', version: 2 },
      ...{ tier: 'TIER_MODEL' as const, role: 'ROLE_PRODUCTION' as const, score: 0.5, atMs: 1_000 },
    };
    const frames = (async function* () {
      yield { batchId: 1, dropped: 7, predictions: [prediction], shadowAnswers: [] };
    })();
    for await (const { batchId } of mesh.services.monitor.logPredictions(frames)) {
      assert.equal(batchId, 1);
    }
    await eventually(
      'an alert fires',
      async () => (await mesh.services.monitor.listAlerts({})).alerts.length > 0,
      60_000,
    );
  }

  /** Runs `npx mlmesh ...` in this process, which a machine does thirty times in the time of ten processes, and all else in a shell. */
  async function run({ line }: RunbookCommand): Promise<{ status: number | null; said: string }> {
    if (!line.startsWith('npx mlmesh ')) {
      const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
        cwd: place,
        encoding: 'utf8',
      });
      return { status, said: `${stdout}${stderr}` };
    }
    let said = '';
    const write = (text: string) => {
      said += text;
    };
    const never = new AbortController().signal;
    const status = await runProgram([...wordsOf(line).slice(2), '--data', mesh.data], {
      output: { out: write, err: write, isTerminal: false, columns: () => 80 },
      clock: systemClock,
      signal: never,
      forceSignal: never,
    });
    return { status, said };
  }

  it('have no command that does not do what the page says', async () => {
    const commands = runbookCommands();
    assert.ok(commands.length > 25, `${commands.length} commands`);
    // What moves versions comes last: the others look at the mesh as it is.
    const isMove = ({ line }: RunbookCommand) => /models (rollback|promote|quarantine)/.test(line);
    const wrong: string[] = [];
    for (const command of [
      ...commands.filter((each) => !isMove(each)),
      ...commands.filter(isMove),
    ]) {
      const { status, said } = await run(command);
      if (status === null || !command.statuses.includes(status)) {
        wrong.push(`${command.page}: ${command.line}: exit status ${status}\n${said}`);
      }
    }
    assert.deepEqual(wrong, [], wrong.join('\n'));
  });
});
