import assert from 'node:assert/strict';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkConsole } from '../../services/cli/check-console.ts';
import { checkHealth } from '../../services/cli/rpc/check-health.ts';
import { processNames } from '../../services/shared/platform/process/service-name.ts';
import {
  copyRoot,
  makeCleanRoot,
  RootedProcess,
  runInRoot,
  skipCleanRoot,
} from '../support/clean-root.ts';
import { buildStage, ignoredBy, type Stage, stagesIn, workFolder } from '../support/dockerfile.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { loopbackAddresses, writeSettings } from '../support/served-mesh.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-image-root-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const rootOf = (stage: string) => join(folder, stage === '' ? 'image' : stage);
const image = rootOf('');
const stages = stagesIn('deploy/docker/Dockerfile');
/** Of the last stage: what a container is started with. */
const entryPoint = entryPointOf(stages.at(-1));

function entryPointOf(stage: Stage | undefined): readonly string[] {
  const found = stage?.instructions.find(({ name }) => name === 'ENTRYPOINT');
  const parsed: unknown = JSON.parse(found?.text ?? '[]');
  assert.ok(Array.isArray(parsed));
  return parsed.map(String);
}

describe('the image of deploy/docker on a root of its own', {
  concurrency: false,
  skip: skipCleanRoot,
}, () => {
  // Every step but those of grpc-health-probe, which wants Go: npm, apt-get and all are run where there is nothing but a Debian and Node.
  before(() => {
    const base = join(folder, 'base');
    makeCleanRoot(base);
    const place = {
      context: resolve('.'),
      isIgnored: ignoredBy('deploy/docker/Dockerfile.dockerignore'),
      folderOf: (stage: string) => join(rootOf(stage), workFolder),
      run: (stage: string, command: string) => runInRoot(rootOf(stage), command),
    };
    for (const stage of stages.filter(({ name }) => name !== 'health-probe')) {
      copyRoot(base, rootOf(stage.name));
      buildStage(stage, place);
    }
  });

  it('serves all of a mesh without root behind its init, on files that it can not write, and ends with 0', async () => {
    const consoleAddress = `127.0.0.1:${await freePort()}`;
    const addresses = { ...(await loopbackAddresses()), console: [consoleAddress] } as const;
    const running: RootedProcess[] = [];
    try {
      for (const service of processNames) {
        const data = join(folder, 'data', service);
        mkdirSync(data, { recursive: true });
        const mesh = `${workFolder}/deploy/flights`;
        writeSettings(data, { mesh, dataDirectory: '/var/lib/mlmesh', addresses });
        chownSync(data, 1_000, 1_000);
        const settings = ['--settings', '/var/lib/mlmesh/settings.json', '--replica', '1'];
        const served = new RootedProcess(image, data, [
          ...[...entryPoint, 'serve', service],
          ...settings,
        ]);
        running.push(served);
        const [address] = addresses[service];
        const asked = service === 'console' ? checkConsole : checkHealth;
        await eventually(
          `${service} is well`,
          () => {
            if (served.child.exitCode !== null) throw new Error(`it ended:\n${served.text}`);
            return asked(address, AbortSignal.timeout(5_000)).catch((): boolean => false);
          },
          60_000,
        );
        const status = readFileSync(`/proc/${served.firstPid}/status`, 'utf8');
        assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m);
        assert.match(status, /^CapEff:\t0+$/m);
      }
      for (const served of running.reverse()) {
        assert.equal(await served.end('SIGTERM'), 0, served.text);
      }
    } finally {
      for (const served of running) await served.end('SIGKILL');
    }
  });

  it('has a command, and lets nobody write beside its data', async () => {
    const data = join(folder, 'data', 'command');
    mkdirSync(data, { recursive: true });
    const run = async (...command: readonly string[]) => {
      const ran = new RootedProcess(image, data, command);
      await eventually('it ends', () => ran.child.exitCode !== null, 60_000);
      return { status: ran.child.exitCode, text: ran.text };
    };
    const helped = await run(...entryPoint, '--help');
    assert.equal(helped.status, 0, helped.text);
    assert.match(helped.text, /mlmesh/);
    assert.equal((await run('mlmesh', 'status', '--help')).status, 0);
    const written = await run('sh', '-c', 'echo x > /opt/mlmesh/x');
    assert.match(written.text, /Read-only file system|Permission denied/);
    assert.equal((await run('sh', '-c', 'echo x > /tmp/x')).status, 0);
  });
});
