import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { connect, MeshError, type PredictInput } from '../../services/client/index.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { eventually } from '../support/eventually.ts';
import { artifact, attachments, provenance } from '../support/provenance.ts';
import { callRaw, encode, type RawOutcome } from '../support/raw-grpc.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import { badRequests, type Refusal } from '../support/small-flights/bad-requests.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

let mesh: SmallFlights;
before(async () => {
  mesh = await startSmallFlights({ clock: 'real' });
});
after(() => mesh[Symbol.asyncDispose]());

const model = 'flight-delay';

/** A question on the clock of the machine, with another part. */
function ask(change: Partial<PredictInput> = {}): PredictInput {
  const { entities, features } = askFlight();
  return { entities, features, ...change };
}

/** The same as the bytes of a request, in the form of the contract. */
function request(change: object = {}): Uint8Array {
  return encode('mlmesh.router.v1.PredictRequest', {
    model,
    entities: { origin: 'ORD', destination: 'LAX' },
    requestFeatures: { date: { timeMs: Date.UTC(2001, 5, 1, 1) }, distance: { number: 1_745 } },
    ...change,
  });
}

const predictPath = '/mlmesh.router.v1.RouterService/Predict';
const outcomesPath = '/mlmesh.monitor.v1.MonitorService/RecordOutcomes';
const predictRaw = (bytes: Uint8Array, options = {}) =>
  callRaw(mesh.addresses.router, predictPath, bytes, options);

/** Rejects unless the mesh answers a right request as if nothing had happened. */
async function assertAnswers(): Promise<void> {
  const { score } = await mesh.client.predict(model, ask());
  assert.ok(score > 0 && score < 1);
}

/** Gives the error that a call ends with. */
async function errorOf(call: Promise<unknown>): Promise<MeshError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof MeshError, `wanted a MeshError, got ${String(error)}`);
  return error;
}

function assertRefused(outcome: RawOutcome, { code, reason, message, field }: Refusal): void {
  assert.deepEqual(
    { code: outcome.code, reason: outcome.reason, domain: outcome.domain },
    { code, reason, domain: 'mlmesh' },
    outcome.message,
  );
  assert.match(outcome.message, message);
  assert.deepEqual(outcome.fields, field === undefined ? [] : [field]);
}

describe('a bad request to the router, over gRPC without any library of this project', () => {
  for (const [what, change, refusal] of badRequests) {
    it(`${what} is refused as ${refusal.reason}`, async () => {
      assertRefused(await predictRaw(request(change)), refusal);
      await assertAnswers();
    });
  }

  it('bytes that are no message are refused, and the connection lives', async () => {
    const outcome = await predictRaw(Buffer.from('ffffffffffffff', 'hex'));
    assert.notEqual(outcome.code, 0);
    await assertAnswers();
  });

  it('a message above 16 MiB is refused before it is read', async () => {
    // The limit of the router, which takes tensors too.
    const text = 'x'.repeat(16 * 1024 * 1024);
    const outcome = await predictRaw(request({ entities: { origin: text, destination: 'LAX' } }));
    assert.equal(outcome.code, 8, outcome.message); // RESOURCE_EXHAUSTED
    await assertAnswers();
  });

  it('a deadline that has passed is told apart from a slow answer', async () => {
    const outcome = await predictRaw(request(), { deadline: Date.now() - 1 });
    assert.equal(outcome.code, 4); // DEADLINE_EXCEEDED
    await assertAnswers();
  });

  it('a method that is not there is named', async () => {
    const path = '/mlmesh.router.v1.RouterService/Foresee';
    const outcome = await callRaw(mesh.addresses.router, path, request());
    assert.equal(outcome.code, 12, outcome.message); // UNIMPLEMENTED
    assert.match(outcome.message, /Foresee/);
  });
});

describe('a bad request through mlmesh/client', () => {
  it('says the reason and the field', async () => {
    const error = await errorOf(mesh.client.predict(model, ask({ entities: { origin: 'ORD' } })));
    assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'ENTITY_MISSING']);
    assert.deepEqual(
      error.violations.map(({ field }) => field),
      ['entities.destination'],
    );
    assert.deepEqual(error.retry, { kind: 'never' });
  });

  it('is not even sent when a feature is NaN', async () => {
    const { features } = ask();
    const wrong = ask({ features: { ...features, distance: Number.NaN } });
    const nowhere = connect('127.0.0.1:1');
    const error = await errorOf(nowhere.predict(model, wrong));
    nowhere.close();
    assert.equal(error.reason, 'REQUEST_FEATURE_INVALID');
  });

  it('fails with a passed deadline at once, and with a short one in time', async () => {
    const passed = await errorOf(mesh.client.predict(model, ask(), { timeoutMs: 0 }));
    assert.deepEqual([passed.code, passed.reason], ['DEADLINE_EXCEEDED', 'DEADLINE_PASSED']);
    const startedMs = performance.now();
    await mesh.client.predict(model, ask(), { timeoutMs: 1 }).catch((error: unknown) => {
      assert.ok(error instanceof MeshError && error.reason === 'DEADLINE_PASSED', String(error));
    });
    assert.ok(performance.now() - startedMs < 500);
    await assertAnswers();
  });

  it('says that a message is too large', async () => {
    const text = 'x'.repeat(4 * 1024 * 1024);
    const error = await errorOf(
      mesh.client.predict(model, ask({ entities: { origin: text, destination: 'LAX' } })),
    );
    assert.deepEqual([error.code, error.reason], ['RESOURCE_EXHAUSTED', 'MESSAGE_TOO_LARGE']);
    await assertAnswers();
  });

  it('says that nobody is there, within its own time', async () => {
    const nowhere = connect({ router: '127.0.0.1:1', timeoutMs: 300 });
    const startedMs = performance.now();
    const error = await errorOf(nowhere.predict(model, ask()));
    nowhere.close();
    assert.equal(error.code, 'UNAVAILABLE');
    assert.equal(error.reason, 'PEER_UNAVAILABLE');
    assert.ok(performance.now() - startedMs < 1_500);
  });
});

describe('a bad outcome', () => {
  const record = (outcome: object) =>
    callRaw(
      mesh.addresses.monitor,
      outcomesPath,
      encode('mlmesh.monitor.v1.RecordOutcomesRequest', { outcomes: [outcome] }),
    );

  it('with a malformed prediction id is refused as PREDICTION_UNKNOWN', async () => {
    for (const predictionId of [
      '',
      'abc',
      '00E7A1B2C3D4F00D-00000000002A',
      `${'0'.repeat(16)}-${'0'.repeat(13)}`,
    ]) {
      assertRefused(await record({ predictionId, label: 1 }), {
        code: 3, // INVALID_ARGUMENT
        reason: 'PREDICTION_UNKNOWN',
        message: /wanted a prediction id \(16 hexadecimal digits, a dash, 12 more\), got '/,
      });
    }
  });

  it('with a label that is no number is refused as OUTCOME_INVALID', async () => {
    const { predictionId } = await mesh.client.predict(model, ask());
    assertRefused(await record({ predictionId, label: Number.NaN }), {
      code: 3, // INVALID_ARGUMENT
      reason: 'OUTCOME_INVALID',
      message: /wanted a finite label .* got NaN; nothing of the request was recorded/,
    });
  });

  it('of nothing at all, or of too much at once, is refused as INVALID_FIELD', async () => {
    const outcomes = Array.from({ length: 1_025 }, () => ({
      predictionId: '0000000000000000-000000000000',
      label: 1,
      observedAtMs: 1,
    }));
    for (const wrong of [[], outcomes]) {
      const error = await errorOf(mesh.services.monitor.recordOutcomes({ outcomes: wrong }));
      assert.equal(error.reason, 'INVALID_FIELD');
      assert.match(error.message, /outcomes: wanted 1 to 1024 items, got (0|1025)/);
    }
  });
});

describe('a bad upload to the registry', () => {
  async function* upload(change: Parameters<typeof provenance>[0], bytes: Buffer = artifact) {
    yield { header: { model: 'uploaded', provenance: provenance(change) as never } };
    yield { chunk: bytes };
  }
  const register = (change: Parameters<typeof provenance>[0], bytes?: Buffer) =>
    errorOf(mesh.services.registry.registerVersion(upload(change, bytes)));

  it('that names blobs which were not uploaded is refused as BLOB_MISSING, until they are', async () => {
    const error = await register({});
    assert.deepEqual([error.code, error.reason], ['FAILED_PRECONDITION', 'BLOB_MISSING']);
    assert.match(error.message, /reference_profile_digest/);
    for (const bytes of attachments) {
      const digest = createHash('sha256').update(bytes).digest('hex');
      async function* blob() {
        yield { header: { digest, bytes: bytes.length, fromByte: 0, format: 'json' } };
        yield { chunk: bytes };
      }
      assert.equal((await mesh.services.registry.upload(blob())).isComplete, true);
    }
  });

  it('whose bytes are not those of its digest is refused as ARTIFACT_CORRUPT', async () => {
    const changed = Buffer.from(artifact);
    changed[3] = 0;
    const error = await register({}, changed);
    assert.deepEqual([error.code, error.reason], ['DATA_LOSS', 'ARTIFACT_CORRUPT']);
    assert.match(error.message, /[0-9a-f]{64}/);
  });

  it('that is cut short is refused as ARTIFACT_CORRUPT', async () => {
    assert.equal((await register({}, artifact.subarray(1))).reason, 'ARTIFACT_CORRUPT');
  });

  it('without provenance is refused as PROVENANCE_INCOMPLETE, naming what is missing', async () => {
    const error = await register({ codeCommit: '' });
    assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'PROVENANCE_INCOMPLETE']);
    assert.match(error.message, /code_commit/);
  });

  it('of a format that nobody serves is refused as ARTIFACT_UNSUPPORTED', async () => {
    assert.equal(
      (await register({ artifactFormat: 'pickle' as never })).reason,
      'ARTIFACT_UNSUPPORTED',
    );
  });

  it('leaves no version behind', async () => {
    const { versions } = await mesh.services.registry.listVersions({});
    assert.deepEqual([...new Set(versions.map((version) => version.model))], [model]);
  });
});

describe('a version that is no model', () => {
  it('fails to load and says why, while those before it go on answering', async () => {
    const { services } = mesh;
    const [good] = (await services.registry.getVersion({ model, version: 2 })).version?.provenance
      ? [(await services.registry.getVersion({ model, version: 2 })).version?.provenance]
      : [];
    assert.ok(good !== undefined && good !== null);
    const { artifactDigest, artifactBytes } = provenance();
    async function* upload() {
      yield { header: { model, provenance: { ...good, artifactDigest, artifactBytes } } };
      yield { chunk: artifact };
    }
    const { version } = await services.registry.registerVersion(upload());
    const broken = version?.version ?? 0;
    assert.equal(broken, 4);
    const wanted = { model, version: broken, reason: 'to see it fail' };
    const move = { ...wanted, alias: 'production', isForced: true };
    await services.registry.promote({ ...move, expectedGeneration: -1 });
    await eventually('it has failed', async () => {
      const { servables } = await services.prediction.modelStatus({ model });
      const servable = servables.find((hosted) => hosted.version === broken);
      if (servable?.state !== 'SERVABLE_STATE_FAILED') return false;
      assert.match(servable.error, /\S/);
      return true;
    });
    const answer = await mesh.client.predict(model, ask());
    assert.deepEqual([answer.tier, answer.version], ['model', 2]);
    await services.registry.rollback({ model, reason: 'it failed' });
    assert.equal((await mesh.client.predict(model, ask())).version, 2);
  });
});

describe('a bad move of an alias', () => {
  const promote = (change: object) =>
    errorOf(
      mesh.services.registry.promote({
        model,
        alias: 'production',
        version: 2,
        expectedGeneration: -1,
        reason: 'a test',
        ...change,
      }),
    );

  it('is refused with the reason', async () => {
    assert.equal((await promote({ model: 'weather' })).reason, 'MODEL_UNKNOWN');
    assert.equal((await promote({ version: 99 })).reason, 'VERSION_UNKNOWN');
    assert.equal((await promote({ expectedGeneration: 77 })).reason, 'ALIAS_MOVED');
    assert.equal((await promote({ reason: '' })).reason, 'INVALID_FIELD');
    assert.equal((await promote({ alias: 'favourite' })).reason, 'ALIAS_UNKNOWN');
    const rollback = mesh.services.registry.rollback({ model: 'weather', reason: 'a test' });
    assert.equal((await errorOf(rollback)).reason, 'MODEL_UNKNOWN');
  });
});

describe('a bad request to the feature service', () => {
  const timeMs = Date.UTC(2001, 5, 1, 1);
  const float = (value: number) => Buffer.from(new Float64Array([value]).buffer);
  const columns = [
    { name: 'date', numbers: float(timeMs) },
    { name: 'delay', numbers: float(1) },
    { name: 'distance', numbers: float(1) },
    { name: 'origin', texts: ['ORD'] },
    { name: 'destination', texts: ['LAX'] },
  ];
  const ingest = async (change: object) => {
    async function* requests() {
      yield { batchId: 1, source: 'flights', rows: 1, eventIds: ['bad-1'], columns, ...change };
    }
    for await (const _ of mesh.services.feature.ingest(requests(), {
      timeoutMs: durationMs(5_000),
    }));
  };

  it('for a feature set of another mesh is refused as FEATURE_SET_UNKNOWN', async () => {
    const query = {
      featureSetHash: 'a'.repeat(64),
      rows: 1,
      keys: ['ORD', 'LAX'],
      atMs: float(timeMs),
    };
    const error = await errorOf(mesh.services.feature.getOnlineFeatures({ query }));
    assert.equal(error.reason, 'FEATURE_SET_UNKNOWN');
  });

  it('with an event that is not whole is refused as EVENT_INVALID, and nothing is appended', async () => {
    const { logOffset } = await mesh.services.feature.listDefinitions({});
    const wrong: readonly object[] = [
      { columns: columns.slice(1) },
      { columns: columns.with(0, { name: 'date', numbers: float(Number.NaN) }) },
      { columns: columns.with(1, { name: 'delay', numbers: float(0.5) }) },
      { columns: columns.with(1, { name: 'delay', numbers: Buffer.alloc(7) }) },
      { columns: columns.with(3, { name: 'origin', texts: [] }) },
      { eventIds: [] },
    ];
    for (const change of wrong) {
      const { code, reason } = await errorOf(ingest(change));
      assert.equal(code, 'INVALID_ARGUMENT', JSON.stringify(change));
      assert.ok(reason === 'EVENT_INVALID' || reason === 'INVALID_FIELD', reason);
    }
    const now = await mesh.services.feature.listDefinitions({});
    assert.equal(now.logOffset, logOffset);
  });

  it('for a source that is not defined is refused as EVENT_INVALID, naming those that are', async () => {
    const error = await errorOf(ingest({ source: 'trains' }));
    assert.equal(error.reason, 'EVENT_INVALID');
    assert.match(error.message, /'trains': the mesh has no such source; it has flights/);
  });
});
