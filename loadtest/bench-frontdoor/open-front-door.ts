import { join } from 'node:path';
import { connectMesh } from '../../services/cli/rpc/connect-mesh.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { BenchMesh } from '../bench/bench-mesh.ts';
import { predictFrame, readFlights } from '../bench/flight-frames.ts';
import { ChildPeer } from '../load/child-peer.ts';
import { writeFrames } from '../load/frames-file.ts';
import { buildOpenLoad, runOpenLoad } from '../load/open-load.ts';
import { methodPath, startEcho } from '../load/start-echo.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import type { FrontDoor } from './part.ts';

const predict = { service: 'mlmesh.router.v1.RouterService', key: 'predict' } as const;

/** What the bare servers answer: as large as an answer of the router. */
const bareAnswer = {
  predictionId: '018f3c9a7b2e5d10-000000000001',
  outputs: [0.123456789],
  tier: 'TIER_MODEL',
  version: 2,
};

const flightsMax = 4_000;
const capacityInFlight = 64;
const warmUpSeconds = 8;
const capacitySeconds = 6;
/** What a model may take by default. */
const timerMs = 50;

/** A front door that is open until it is disposed. */
export interface OpenFrontDoor extends AsyncDisposable {
  /** Gives it for one part, whose loads end with `signal`. */
  bind(signal: AbortSignal): FrontDoor;
}

/** Starts the flights mesh and the bare servers, warms them up, and measures what the router can do. */
export async function openFrontDoor(
  data: string,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<OpenFrontDoor> {
  const program = buildOpenLoad(join('.mlmesh', 'tools'));
  const owned = new Owned();
  try {
    return await openWith(owned, { program, data, show, signal });
  } catch (error) {
    await owned[Symbol.asyncDispose]();
    throw error;
  }
}

interface Opening {
  readonly program: string;
  readonly data: string;
  readonly show: (text: string) => void;
  readonly signal: AbortSignal;
}

async function openWith(
  owned: Owned,
  { program, data, show, signal }: Opening,
): Promise<OpenFrontDoor> {
  const mesh = owned.use(await BenchMesh.start(data, show, signal));
  const connection = owned.use(connectMesh(mesh.record.addresses, systemClock));
  const framesFile = join(owned.use(temporaryFolder()).path, 'frames');
  writeFrames(framesFile, (await readFlights(connection, flightsMax, signal)).map(predictFrame));
  const startBare = (delayMs: number) =>
    startEcho(owned.use(ChildPeer.echo()), { ...predict, answer: bareAnswer, delayMs }, signal);
  const echoAddress = await startBare(0);
  const timerAddress = await startBare(timerMs);
  const path = methodPath(predict.service, predict.key);
  const loadWith =
    (until: AbortSignal): FrontDoor['load'] =>
    (load) =>
      runOpenLoad(
        program,
        { address: mesh.record.addresses.router[0], ...load, path, framesFile },
        until,
      );
  show('warming up\n');
  const load = loadWith(signal);
  await load({ rate: 0, inFlight: capacityInFlight, seconds: warmUpSeconds });
  const { in_time, seconds } = await load({
    rate: 0,
    inFlight: capacityInFlight,
    seconds: capacitySeconds,
  });
  const capacity = in_time / seconds;
  show(`capacity ${capacity.toFixed(0)} answers a second within 50 ms\n`);
  return {
    bind: (until) => ({
      mesh,
      connection,
      echoAddress,
      timerAddress,
      capacity,
      load: loadWith(until),
    }),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** Things that go when their owner goes, the newest first. */
class Owned implements AsyncDisposable {
  readonly #things: (Disposable | AsyncDisposable)[] = [];

  use<T extends Disposable | AsyncDisposable>(thing: T): T {
    this.#things.push(thing);
    return thing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#things.splice(0).reverse()) {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
      else thing[Symbol.dispose]();
    }
  }
}
