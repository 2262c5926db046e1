import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from '../../services/client/index.ts';
import { serviceNames } from '../../services/shared/platform/process/service-name.ts';
import { buildStage, ignoredBy, makeReadOnly, stagesIn } from '../support/dockerfile.ts';
import { loopbackAddresses, ServedProcess, writeSettings } from '../support/served-mesh.ts';

const root = mkdtempSync(join(tmpdir(), 'mlmesh-image-'));
after(() => rmSync(root, { recursive: true, force: true }));
const image = join(root, 'image');
/** Of nobody: what a container runs as, seen from this machine. */
const nobody = 65_534;

describe('the image of deploy/docker', { concurrency: false }, () => {
  // There need not be a container engine: the instructions are followed in folders.
  before(() => {
    const place = {
      context: resolve('.'),
      isIgnored: ignoredBy('deploy/docker/Dockerfile.dockerignore'),
      folderOf: (stage: string) => (stage === '' ? image : join(root, stage)),
    };
    for (const stage of stagesIn('deploy/docker/Dockerfile')) {
      if (stage.name !== 'health-probe') buildStage(stage, place);
    }
    makeReadOnly(image);
    chmodSync(root, 0o755);
  });

  it('holds no dependency of development, and no test', () => {
    const isThere = (path: string) => existsSync(join(image, path));
    assert.ok(isThere('node_modules/@grpc/grpc-js') && isThere('dist/services/cli/main.js'));
    assert.ok(!isThere('node_modules/typescript'));
    assert.ok(!isThere('node_modules/@biomejs'));
    assert.ok(!isThere('dist/test') && !isThere('test'));
  });

  it('runs all services as nobody, on files that it can not write, and ends them with 0', async () => {
    const addresses = await loopbackAddresses();
    const running: ServedProcess[] = [];
    try {
      for (const service of serviceNames) {
        const dataDirectory = join(root, 'data', service);
        mkdirSync(dataDirectory, { recursive: true });
        const isRoot = process.getuid?.() === 0;
        if (isRoot) chownSync(dataDirectory, nobody, nobody);
        const mesh = join(image, 'deploy', 'flights');
        const path = writeSettings(dataDirectory, { mesh, dataDirectory, addresses });
        const served = new ServedProcess([service, '--settings', path, '--replica', '1'], {
          launcher: join(image, 'services/cli/mlmesh.js'),
          ...(isRoot ? { uid: nobody } : {}),
        });
        running.push(served);
        await served.untilWell(addresses[service][0]);
      }
      const client = connect({ router: addresses.router, monitor: addresses.monitor[0] });
      try {
        // Nothing is trained yet: the rules of the mesh answer.
        const answer = await client.predict('flight-delay', {
          entities: { origin: 'ORD', destination: 'LAX' },
          features: { date: new Date(), distance: 1_745 },
        });
        assert.equal(answer.tier, 'rules');
      } finally {
        client.close();
      }
      for (const served of running.reverse()) {
        assert.equal(await served.end('SIGTERM'), 0, served.text);
      }
    } finally {
      for (const served of running) await served.end('SIGKILL');
    }
  });
});
