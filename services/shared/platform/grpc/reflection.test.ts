import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import protobuf from 'protobufjs';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectService, type ServiceClient } from './client.ts';
import { implementPartly } from './implement.ts';
import { createServer, type MeshServer } from './server.ts';
import type { ClientRequestOf, ClientResponseOf } from './service-types.ts';

type Reflection = 'grpc.reflection.v1.ServerReflection';
type Question = ClientRequestOf<Reflection, 'serverReflectionInfo'>;
type Answer = ClientResponseOf<Reflection, 'serverReflectionInfo'>;

describe('reflection and health', () => {
  let server: MeshServer;
  let reflection: ServiceClient<Reflection>;
  let health: ServiceClient<'grpc.health.v1.Health'>;

  before(async () => {
    const services = [implementPartly('mlmesh.router.v1.RouterService', {})];
    server = createServer({ name: 'test', address: '127.0.0.1:0', clock: systemClock, services });
    await server.start();
    reflection = connectService('grpc.reflection.v1.ServerReflection', [server.address], {
      clock: systemClock,
    });
    health = connectService('grpc.health.v1.Health', [server.address], { clock: systemClock });
  });

  after(async () => {
    reflection.close();
    health.close();
    await server.stop(500);
  });

  async function ask(...questions: readonly Question[]): Promise<readonly Answer[]> {
    async function* requests() {
      yield* questions;
    }
    const answers: Answer[] = [];
    for await (const answer of reflection.serverReflectionInfo(requests())) answers.push(answer);
    return answers;
  }

  it('lists what the server serves, health and itself included', async () => {
    const [answer] = await ask({ listServices: '*' });
    assert.deepEqual(
      answer?.listServicesResponse?.service.map(({ name }) => name),
      [
        'mlmesh.router.v1.RouterService',
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
        'grpc.reflection.v1alpha.ServerReflection',
      ],
    );
  });

  it('gives the file of a symbol after all that it imports', async () => {
    const answers = await ask(
      { fileContainingSymbol: 'mlmesh.router.v1.RouterService' },
      { fileContainingSymbol: 'mlmesh.router.v1.RouterService.Predict' },
      { fileContainingSymbol: 'mlmesh.router.v1.PredictRequest.EntitiesEntry' },
      { fileByFilename: 'mlmesh/router/v1/router_service.proto' },
    );
    for (const { fileDescriptorResponse } of answers) {
      const names = (fileDescriptorResponse?.fileDescriptorProto ?? []).map((bytes) => {
        const reader = protobuf.Reader.create(bytes);
        assert.equal(reader.uint32(), 10); // field 1, the name
        return reader.string();
      });
      assert.deepEqual(names, [
        'mlmesh/common/v1/value.proto',
        'mlmesh/router/v1/router_service.proto',
      ]);
    }
  });

  it('says what it does not know', async () => {
    const [symbol, extension] = await ask(
      { fileContainingSymbol: 'mlmesh.Nothing' },
      { fileContainingExtension: { containingType: 'x', extensionNumber: 1 } },
    );
    assert.equal(symbol?.errorResponse?.errorCode, 5);
    assert.match(symbol?.errorResponse?.errorMessage ?? '', /'mlmesh.Nothing'/);
    assert.equal(extension?.errorResponse?.errorCode, 5);
  });

  it('checks and lists health, and refuses a service that nobody knows', async () => {
    server.health.setAll(false);
    assert.equal((await health.check({})).status, 'NOT_SERVING');
    server.health.setAll(true);
    assert.equal((await health.check({})).status, 'SERVING');
    const { statuses } = await health.list({});
    assert.deepEqual(Object.keys(statuses), ['', 'mlmesh.router.v1.RouterService']);
    await assert.rejects(health.check({ service: 'x' }), { code: 'NOT_FOUND' });
  });

  it('watches health: the state at once, then each change', async () => {
    server.health.setAll(true);
    const seen: string[] = [];
    for await (const { status } of health.watch({}, { timeoutMs: durationMs(2_000) })) {
      seen.push(status);
      if (seen.length === 3) break;
      server.health.setAll(status !== 'SERVING');
    }
    assert.deepEqual(seen, ['SERVING', 'NOT_SERVING', 'SERVING']);
  });
});
