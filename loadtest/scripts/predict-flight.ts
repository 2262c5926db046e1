import { check, fail } from 'k6';
import { SharedArray } from 'k6/data';
import execution from 'k6/execution';
import { Counter, Rate } from 'k6/metrics';
import grpc, { type ConnectParams, type Response, type TLSParams } from 'k6/net/grpc';
import { setTimeout } from 'k6/timers';
import { waitOf } from './spread-arrivals.ts';

/** A flight as flights.json has it. */
interface Flight {
  readonly origin: string;
  readonly destination: string;
  /** Epoch ms. */
  readonly dateMs: number;
  /** Miles. */
  readonly distance: number;
}

/** What is read of mlmesh.router.v1.PredictResponse. */
interface Prediction {
  readonly outputs: readonly number[];
  readonly tier: string;
  readonly role: string;
  readonly version: number;
}

/** Addresses of routers; each virtual user keeps to one of them. */
const routers = (__ENV['ROUTER'] ?? '127.0.0.1:7500').split(',');
/** `virtual`: a replay owns the clock of the mesh, and each request names its time. `real`: now. */
const isClockVirtual = (__ENV['CLOCK'] ?? 'virtual') === 'virtual';
/** `even`: predictions come one distance apart. `poisson`: by chance, as from callers who know nothing of each other. */
const isSpread = (__ENV['ARRIVALS'] ?? 'even') === 'poisson';
const predictMethod = 'mlmesh.router.v1.RouterService/Predict';
/** Callers of the client library wait as long. */
const timeout = '5s';
/** A process that has just started compiles what it runs often. */
const warmUpCalls = 100;

/** File of the flights that are asked about, in the form of flights.json. */
const flightsFile = __ENV['FLIGHTS'] ?? './flights.json';

/** Paths of PEM files, for routers with TLS: the authority, and the caller's certificate and key. */
const [authority, certificate, key] = ['TLS_AUTHORITY', 'TLS_CERTIFICATE', 'TLS_KEY'].map((name) =>
  textOf(__ENV[name]),
);
/** Path of a file with a bearer token, for who has no certificate. */
const token = textOf(__ENV['TOKEN_FILE'])?.trim();
const metadata = token === undefined ? {} : { authorization: `Bearer ${token}` };

const flights = new SharedArray<Flight>(
  'flights',
  () => (JSON.parse(open(flightsFile)) as { flights: Flight[] }).flights,
);
const client = new grpc.Client();
client.load(['../../proto'], 'mlmesh/router/v1/router_service.proto');
let isConnected = false;

/** Gives the text of a file; undefined where none is named. In the init context only. */
function textOf(path: string | undefined): string | undefined {
  return path === undefined || path === '' ? undefined : open(path);
}

/** Answers, tagged with the tier that gave them. */
const answers = new Counter('answers');
/** Share of the answers that another tier than the model gave, but to the control cohort, which gets the rules. */
const degradedAnswers = new Rate('degraded_answers');
/** Predictions that a router refused for who asked: no certificate or token that counts, or none of the roles. */
const deniedPredictions = new Counter('denied_predictions');
/** Share of the predictions that failed: no connection, an error, or an answer without a probability. */
const failedPredictions = new Rate('failed_predictions');

/** Asks the router whether one flight will be late, and counts who answered. */
export async function predictFlight(): Promise<void> {
  if (isSpread) await sleep(waitOf(execution.scenario.iterationInTest));
  let response: Response;
  try {
    response = await ask(execution.scenario.iterationInTest);
  } catch (error) {
    failedPredictions.add(true);
    throw error;
  }
  if (isDenied(response)) deniedPredictions.add(1);
  const prediction = response.status === grpc.StatusOK ? predictionOf(response) : undefined;
  const isAnswered = check(prediction, { 'has a probability': isProbable });
  failedPredictions.add(!isAnswered);
  if (prediction === undefined) return;
  const tier = prediction.tier.replace('TIER_', '').toLowerCase();
  answers.add(1, { tier });
  degradedAnswers.add(tier !== 'model' && prediction.role !== 'ROLE_CONTROL');
}

/** Makes sure that the first router answers, and warms it up. What this sends belongs to no scenario, so that no objective sees it. */
export async function checkRouter(): Promise<void> {
  for (let index = 0; index < warmUpCalls; index += 1) {
    let got: string;
    try {
      const response = await ask(index);
      if (response.status === grpc.StatusOK) continue;
      if (isDenied(response)) failDenied(response);
      got = `gRPC status ${response.status}: ${JSON.stringify(response.error)}`;
    } catch (error) {
      got = String(error);
    }
    fail(
      `wanted a prediction from the router at ${routerOfUser()}, got ${got}; start the mesh of deploy/flights, or name its router with -e ROUTER=host:port`,
    );
  }
}

function isDenied({ status }: Response): boolean {
  return status === grpc.StatusUnauthenticated || status === grpc.StatusPermissionDenied;
}

function failDenied({ error }: Response): never {
  const { message = '' } = (error ?? {}) as { readonly message?: string };
  return fail(
    `the router at ${routerOfUser()} refuses this caller: ${message}; name a certificate with the role caller (--as <name>, or -e TLS_CERTIFICATE=<file> -e TLS_KEY=<file>) or a token (--token-file <file>, or -e TOKEN_FILE=<file>)`,
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function ask(index: number): Promise<Response> {
  if (!isConnected) {
    client.connect(routerOfUser(), { ...security(), timeout });
    isConnected = true;
  }
  const flight = flights[index % flights.length];
  if (flight === undefined) return fail(`${flightsFile} holds no flights`);
  const { origin, destination, dateMs, distance } = flight;
  const request = {
    model: 'flight-delay',
    entities: { origin, destination },
    requestFeatures: { date: { timeMs: dateMs }, distance: { number: distance } },
    atMs: isClockVirtual ? dateMs : 0,
  };
  return client.asyncInvoke(predictMethod, request, { timeout, metadata });
}

/** Plain text, unless an authority is named. */
function security(): Pick<ConnectParams, 'plaintext' | 'tls'> {
  if (authority === undefined) return { plaintext: true };
  const own = certificate === undefined || key === undefined ? {} : { cert: certificate, key };
  // Only k6's types want a certificate; who has a token needs none.
  return { tls: { cacerts: [authority], ...own } as TLSParams };
}

function routerOfUser(): string {
  return routers[__VU % routers.length] ?? '';
}

function predictionOf(response: Response): Prediction {
  return response.message as Prediction;
}

function isProbable(prediction: Prediction | undefined): boolean {
  const score = prediction?.outputs[0] ?? Number.NaN;
  return score >= 0 && score <= 1;
}
