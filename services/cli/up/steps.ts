import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { CommandContext } from '../command-context.ts';
import { formatCount } from '../format.ts';
import { connectMesh, type MeshConnection } from '../rpc/connect-mesh.ts';
import { trainModel } from '../train-model.ts';
import { releaseStep } from './release-step.ts';
import { showStep } from './step-progress.ts';
import type { StepMesh, UpStep } from './up-step.ts';

/** Runs steps one after the other and shows each. */
export async function runSteps(
  steps: readonly UpStep[],
  running: StepMesh,
  context: CommandContext,
): Promise<void> {
  for (const step of steps) {
    context.signal.throwIfAborted();
    await showStep(step.name, context, (report) => step.run(running, report, context));
  }
}

/** Gives the steps of a mesh's first run, in order. */
export function firstRunSteps({ mesh }: StepMesh): readonly UpStep[] {
  return [
    ...mesh.sources.map(({ name }) => importStep(name)),
    ...Object.keys(mesh.models).map(trainStep),
    // A version has to be loaded to be checked, and those that moved with its release have to be.
    ...Object.keys(mesh.models).map((model) => serveStep('load', model)),
    ...Object.keys(mesh.models).map(releaseStep),
    ...Object.keys(mesh.models).map((model) => serveStep('serve', model)),
  ];
}

function importStep(source: string): UpStep {
  return {
    name: `import ${source}`,
    async run(running, report, { clock, signal }) {
      using connection = connectMesh(running.addresses, clock, running.tls?.client);
      const untilMs = running.mesh.replay?.fromMs ?? clock.epoch();
      let rows = 0;
      for await (const part of connection.feature.importSource({ source, untilMs }, { signal })) {
        const { stage, done, total } = part.progress ?? { stage: '', done: 0, total: 0 };
        report(total > 0 ? done / total : 0, stage);
        rows = part.rows > 0 ? part.rows : rows;
      }
      return `${formatCount(rows)} events in the warehouse`;
    },
  };
}

function trainStep(model: string): UpStep {
  return {
    name: `train ${model}`,
    async run(running, report, { clock, signal }) {
      using connection = connectMesh(running.addresses, clock, running.tls?.client);
      const known = await connection.registry.listVersions({ model }, { signal });
      // What was trained is the shadow, or has been one.
      const isTrained = known.aliases.some(({ alias }) => alias === 'shadow');
      if (isTrained || known.aliases.some(({ alias }) => alias === 'production')) {
        return `${known.versions.length} versions`;
      }
      const finished = await trainModel(running, model, report, signal);
      return finished.versions
        .map(({ version, alias, kind, metrics }) => {
          const auc = metrics['auc'];
          return `v${version} ${kind} (${alias}${auc === undefined ? '' : `, auc ${auc.toFixed(3)}`})`;
        })
        .join(', ');
    },
  };
}

const pollMs = durationMs(100);
/** Loading takes a second or two; what takes longer is broken, and the prediction service's log says why. */
const servedMsMax = 60_000;

function serveStep(verb: 'load' | 'serve', model: string): UpStep {
  return {
    name: `${verb} ${model}`,
    async run(running, report, { clock, signal }) {
      using connection = connectMesh(running.addresses, clock, running.tls?.client);
      const startedMs = clock.monotonic();
      for (;;) {
        const { missing, isReleased } = await readParts(connection, model, signal);
        if (missing.length === 0) {
          return isReleased ? 'model, shadow and fallback answer' : 'shadow and fallback answer';
        }
        report(0, `waiting for ${missing.join(', ')}`);
        if (clock.monotonic() - startedMs > servedMsMax) throw notServed(model, missing);
        await clock.sleep(pollMs, signal);
      }
    },
  };
}

interface ServedParts {
  /** Aliases whose versions do not answer yet. */
  readonly missing: readonly string[];
  /** Whether a version is in production. */
  readonly isReleased: boolean;
}

/** Says which parts of a model an alias asks for, and which of them do not answer yet. */
async function readParts(
  connection: MeshConnection,
  model: string,
  signal: AbortSignal,
): Promise<ServedParts> {
  const wanted = await connection.registry.listVersions({ model }, { signal });
  const routing = await connection.router.getRouting({ model }, { signal });
  const hosted = await connection.prediction.modelStatus({ model }, { signal });
  const routed = routing.models[0];
  const isReady = (version: number) =>
    hosted.servables.some(
      (servable) => servable.version === version && servable.state === 'SERVABLE_STATE_READY',
    );
  const answers = new Map<string, (version: number) => boolean>([
    ['production', (version) => routed?.productionVersion === version],
    ['fallback', (version) => routed?.fallbackVersion === version],
    [
      'shadow',
      (version) =>
        version === 0 || ((routed?.shadowVersions.includes(version) ?? false) && isReady(version)),
    ],
    ['previous', (version) => version === 0 || isReady(version)],
  ]);
  const missing = wanted.aliases
    .filter(({ alias, version }) => answers.get(alias)?.(version) === false)
    .map(({ alias }) => alias);
  const isReleased = wanted.aliases.some(
    ({ alias, version }) => alias === 'production' && version > 0,
  );
  return { missing, isReleased };
}

function notServed(model: string, missing: readonly string[]): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'MODEL_NOT_READY',
    message: `model '${model}' does not answer after ${servedMsMax / 1_000} s: ${missing.join(', ')} missing; \`mlmesh status\` and the logs of prediction and router say why`,
  });
}
