import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PredictInput, Prediction, PredictOptions } from '../../services/client/index.ts';
import { startTelemetry } from '../../services/shared/platform/telemetry/start-telemetry.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { mlmesh } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

let mesh: SmallFlights;
before(async () => {
  // A proxy that is not there: what is on this machine is reached without one, spans and metrics as well.
  process.env['http_proxy'] = `http://127.0.0.1:${await freePort()}`;
  mesh = await startSmallFlights();
});
after(() => mesh[Symbol.asyncDispose]());

const model = 'flight-delay';
const assignments = ['origin=ORD', 'destination=LAX', 'date=2001-06-01T01:00Z', 'distance=1745'];

/** Runs a command against the mesh as a program would; gives what it printed as JSON. */
function asJson(...args: readonly string[]): unknown {
  const { status, stdout, stderr } = mlmesh(...args, '--data', mesh.data, '--json');
  assert.equal(status, 0, `mlmesh ${args.join(' ')}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** Runs a command that is to fail; gives the error that it printed as JSON. */
function errorOf(exitCode: number, ...args: readonly string[]): { readonly reason: string } {
  const { status, stdout, stderr } = mlmesh(...args, '--data', mesh.data, '--json');
  assert.equal(status, exitCode, stderr);
  assert.equal(stdout, '');
  const { error } = JSON.parse(stderr) as { readonly error: { readonly reason: string } };
  return error;
}

/** Asks until the model answers: on a machine that is busy with other things it can miss its budget, and the fallback answers. */
async function askModel(
  input: PredictInput = askFlight(),
  options: PredictOptions = {},
): Promise<Prediction> {
  for (let tries = 1; ; tries += 1) {
    const answer = await mesh.client.predict(model, input, options);
    if (answer.tier === 'model' || tries === 20) return answer;
  }
}

interface Answer {
  readonly predictionId: string;
  readonly outputs: readonly number[];
  readonly tier: string;
  readonly version: number;
  readonly traceId: string;
}

/** The same through the command. */
function commandAnswer(): Answer {
  for (let tries = 1; ; tries += 1) {
    const answer = asJson('predict', model, ...assignments) as Answer;
    if (answer.tier === 'model' || tries === 10) return answer;
  }
}

describe('a prediction through mlmesh/client', () => {
  it('names who answered, and where its trace is', async () => {
    const answer = await askModel();
    assert.ok(answer.score > 0 && answer.score < 1, String(answer.score));
    assert.deepEqual(
      { tier: answer.tier, version: answer.version, skipped: answer.skipped },
      { tier: 'model', version: 2, skipped: [] },
    );
    assert.deepEqual(answer.defaultedFeatures, []);
    assert.match(answer.traceId, /^[0-9a-f]{32}$/);
    assert.match(answer.predictionId, /^[0-9a-f]{16}-[0-9a-f]{12}$/);
    assert.ok(answer.latencyMs > 0);
  });

  it('gives the same score for the same question, and another for another', async () => {
    const first = await askModel();
    const second = await askModel();
    const back = await askModel(askFlight({ entities: { origin: 'LAX', destination: 'ORD' } }));
    assert.equal(second.score, first.score);
    assert.notEqual(second.predictionId, first.predictionId);
    assert.notEqual(back.score, first.score);
  });

  it('answers for an airport that nobody knows, and names what stood at its default', async () => {
    const nowhere = { origin: 'ZZZ', destination: 'LAX' };
    const answer = await askModel(askFlight({ entities: nowhere }));
    assert.equal(answer.tier, 'model');
    assert.deepEqual(answer.defaultedFeatures, [
      'originDelayMean3h',
      'originLateRate30d',
      'originFlights3h',
      'routeDelayStddev30d',
    ]);
  });

  it('counts events from the moment they are visible', async () => {
    // 5 h after the event it is still unknown what its delay was; 7 h after it the event is in the window of 3 h.
    const event = Date.UTC(2001, 5, 20, 12);
    const askAt = (hours: number) => {
      const at = new Date(event + hours * 3_600_000);
      const { features } = askFlight();
      return askModel(askFlight({ at, features: { ...features, date: at } }));
    };
    const before = await askAt(7);
    assert.ok(before.defaultedFeatures.includes('originDelayMean3h'));
    await ingestFlight('late-one', event);
    const after = await askAt(7);
    assert.ok(!after.defaultedFeatures.includes('originDelayMean3h'));
    assert.notEqual(after.score, before.score);
    assert.ok((await askAt(5)).defaultedFeatures.includes('originDelayMean3h'));
  });

  it('answers each request of a stream, and goes on after one that is wrong', async () => {
    const request = (distance: number) => ({
      model,
      entities: { origin: 'ORD', destination: 'LAX' },
      requestFeatures: {
        date: { timeMs: askFlight().at?.getTime() ?? 0 },
        distance: { number: distance },
      },
      atMs: askFlight().at?.getTime() ?? 0,
    });
    async function* requests() {
      for (let sequence = 0; sequence < 50; sequence += 1) {
        yield { sequence, request: request(sequence === 20 ? Number.NaN : 1_745) };
      }
    }
    const errors: (readonly [number, string])[] = [];
    const answered = new Set<number>();
    for await (const { sequence, error } of mesh.services.router.predictStream(requests())) {
      if (error) errors.push([sequence, error.reason]);
      answered.add(sequence);
    }
    assert.equal(answered.size, 50);
    assert.deepEqual(errors, [[20, 'REQUEST_FEATURE_INVALID']]);
  });
});

/** Appends one flight that was an hour late, and resolves when it is durable. */
async function ingestFlight(id: string, dateMs: number): Promise<void> {
  const float = (value: number) => Buffer.from(new Float64Array([value]).buffer);
  async function* requests() {
    yield {
      batchId: 1,
      source: 'flights',
      rows: 1,
      eventIds: [id],
      columns: [
        { name: 'date', numbers: float(dateMs) },
        { name: 'delay', numbers: float(60) },
        { name: 'distance', numbers: float(1_745) },
        { name: 'origin', texts: ['ORD'] },
        { name: 'destination', texts: ['LAX'] },
      ],
    };
  }
  for await (const { appended } of mesh.services.feature.ingest(requests())) {
    assert.equal(appended, 1);
  }
}

describe('the command, as a user runs it', () => {
  it('predicts, records the outcome once, and explains', async () => {
    const answer = commandAnswer();
    assert.equal(answer.tier, 'model');
    assert.equal(answer.version, 2);
    const { predictionId } = answer;
    const outcome = () => asJson('outcome', predictionId, '1') as { readonly recorded: number };
    assert.equal(outcome().recorded, 1);
    assert.equal(outcome().recorded, 0);
    await eventually('the shadow is paired', () => {
      const logged = asJson('explain', predictionId) as {
        readonly prediction: { readonly score: number; readonly version: number } | null;
        readonly shadowAnswers: readonly { readonly version: number; readonly score?: number }[];
        readonly outcome: { readonly label: number } | null;
      };
      if (logged.prediction === null || logged.shadowAnswers.length === 0) return false;
      assert.equal(logged.prediction.score, answer.outputs[0]);
      assert.equal(logged.prediction.version, 2);
      assert.deepEqual(
        logged.shadowAnswers.map(({ version }) => version),
        [3],
      );
      assert.ok((logged.shadowAnswers[0]?.score ?? 0) > 0);
      assert.equal(logged.outcome?.label, 1);
      return true;
    });
  });

  it('lists versions with their aliases and provenance', () => {
    const { versions, aliases } = asJson('models', 'list') as {
      readonly versions: readonly {
        readonly version: number;
        readonly provenance: {
          readonly artifactFormat: string;
          readonly trainingData: { readonly rows: number };
        };
      }[];
      readonly aliases: readonly { readonly alias: string; readonly version: number }[];
    };
    assert.deepEqual(
      versions.map(({ version, provenance }) => [version, provenance.artifactFormat]),
      [
        [1, 'onnx'],
        [2, 'onnx'],
        [3, 'tfjs'],
      ],
    );
    assert.ok(versions.every(({ provenance }) => provenance.trainingData.rows === 5_000));
    assert.deepEqual(Object.fromEntries(aliases.map(({ alias, version }) => [alias, version])), {
      fallback: 1,
      production: 2,
      shadow: 3,
    });
  });

  it('lists features with their definitions and how fresh they are', () => {
    const listed = asJson('features', 'list') as {
      readonly features: readonly { readonly name: string; readonly hash: string }[];
      readonly views: readonly { readonly id: string; readonly entities: number }[];
      readonly logOffset: number;
    };
    assert.equal(listed.features.length, 7);
    assert.ok(listed.features.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash)));
    assert.deepEqual(
      listed.views.map(({ id, entities }) => [id, entities]),
      [
        ['flights/destination', 4],
        ['flights/origin', 4],
        ['flights/origin,destination', 12],
      ],
    );
    assert.ok(listed.logOffset > 40_000);
  });

  it('shows the status of each service', () => {
    const status = asJson('status') as {
      readonly isWell: boolean;
      readonly services: readonly {
        readonly service: string;
        readonly pid: number;
        readonly health: string;
      }[];
    };
    assert.ok(status.isWell);
    assert.deepEqual(
      status.services.map(({ service, health }) => `${service} ${health}`).sort(),
      ['feature', 'monitor', 'prediction', 'registry', 'router'].map((name) => `${name} serving`),
    );
    assert.equal(new Set(status.services.map(({ pid }) => pid)).size, 5);
  });

  it('exits with what went wrong: 1 for not possible, 2 for a wrong command line, 3 for no mesh', () => {
    assert.equal(errorOf(1, 'predict', 'weather').reason, 'MODEL_UNKNOWN');
    assert.equal(errorOf(1, 'predict', model, 'origin=ORD').reason, 'ENTITY_MISSING');
    assert.equal(errorOf(1, 'outcome', '0123', '1').reason, 'PREDICTION_UNKNOWN');
    assert.equal(errorOf(1, 'models', 'show', model, '99').reason, 'VERSION_UNKNOWN');
    assert.equal(errorOf(1, 'trace', '0'.repeat(31).concat('1')).reason, 'TRACE_UNKNOWN');
    assert.equal(errorOf(2, 'predict', model, 'colour=red').reason, 'USAGE');
    assert.equal(mlmesh('forecast').status, 2);
    assert.equal(mlmesh('status', '--data', `${mesh.data}/elsewhere`).status, 3);
  });
});

interface Span {
  readonly name: string;
  readonly service: string;
  readonly processId: number;
  readonly threadId: number;
  readonly durationMs: number;
  readonly depth: number;
  readonly isLinked: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

describe('the trace of one prediction', () => {
  const spansOf = (id: string) => {
    const { status, stdout } = mlmesh('trace', id, '--data', mesh.data, '--json');
    return status === 0 ? (JSON.parse(stdout) as { readonly spans: readonly Span[] }).spans : [];
  };
  const isWhole = (spans: readonly Span[]) =>
    ['client', 'router', 'feature', 'prediction'].every((name) =>
      spans.some(({ service }) => service === name),
    ) &&
    spans.some(({ service, threadId }) => service === 'prediction' && threadId > 0) &&
    spans.some(({ isLinked }) => isLinked);

  it('goes from a caller with spans of its own through every process to a worker thread and the shadow', async () => {
    await using telemetry = callerTelemetry();
    const traceId = telemetry.ids.newTraceId();
    const spanId = telemetry.ids.newSpanId();
    const startEpochMs = Date.now();
    const trace = { traceId, spanId, isSampled: true };
    const answer = await askModel(askFlight(), { trace });
    assert.equal(answer.traceId, traceId);
    telemetry.spans.record({
      traceId,
      spanId,
      name: 'caller',
      kind: 'client',
      startEpochMs,
      endEpochMs: Date.now(),
    });
    await telemetry.flush();
    let spans: readonly Span[] = [];
    await eventually('the trace is whole', () => {
      spans = spansOf(traceId);
      return isWhole(spans);
    });
    assert.ok(spans.every(({ durationMs }) => durationMs >= 0 && durationMs < 10_000));
    const [root] = spans;
    assert.deepEqual([root?.name, root?.depth, root?.processId], ['caller', 0, process.pid]);
    const processes = new Set(spans.map(({ processId }) => processId));
    assert.equal(processes.size, 4);
    const linked = spans.filter(({ isLinked }) => isLinked);
    assert.ok(
      linked.some(
        ({ service, attributes }) => service === 'router' && attributes['mlmesh.version'] === '3',
      ),
      JSON.stringify(linked),
    );
  });

  it('can be shown for each prediction that the command asked for', async () => {
    const { predictionId } = commandAnswer();
    await eventually('the trace is whole', () => isWhole(spansOf(predictionId)));
    const { status, stdout } = mlmesh('trace', predictionId, '--data', mesh.data);
    assert.equal(status, 0);
    assert.match(stdout, /^span +where +duration +0 to /);
    assert.match(stdout, /router predict +router \d+ +[\d.]+ ms/);
    assert.match(stdout, /prediction \d+\/thread \d+/);
    assert.match(stdout, /~ router shadow/);
    assert.match(stdout, /spans in 4 processes and \d+ threads\n$/);
  });
});

function callerTelemetry() {
  const telemetry = startTelemetry({
    serviceName: 'client',
    instanceId: String(process.pid),
    serviceVersion: '0.1.0',
    endpoint: `http://${mesh.addresses.monitor}`,
  });
  return Object.assign(telemetry, { [Symbol.asyncDispose]: () => telemetry.stop(1_000) });
}
