import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { CommandContext } from '../command-context.ts';
import { formatCount } from '../format.ts';
import { connectMesh, type MeshConnection } from '../rpc/connect-mesh.ts';
import { trainModel } from '../train-model.ts';
import type { RunningMesh } from './running-mesh.ts';
import { type ReportProgress, showStep } from './step-progress.ts';

/** One thing that a mesh needs before it can take traffic. Repeating a step that is done finds that out and changes nothing. */
export interface UpStep {
  /** A few words, such as `import flights`. */
  readonly name: string;
  /** Does it, or finds it done; resolves with what there is now, such as `2,500,000 events`. */
  readonly run: (
    running: RunningMesh,
    report: ReportProgress,
    context: CommandContext,
  ) => Promise<string>;
}

/** Runs steps one after the other and shows each. */
export async function runSteps(
  steps: readonly UpStep[],
  running: RunningMesh,
  context: CommandContext,
): Promise<void> {
  for (const step of steps) {
    context.signal.throwIfAborted();
    await showStep(step.name, context, (report) => step.run(running, report, context));
  }
}

/** Gives the steps of a mesh's first run, in order. */
export function firstRunSteps({ mesh }: RunningMesh): readonly UpStep[] {
  return [
    ...mesh.sources.map(({ name }) => importStep(name)),
    ...Object.keys(mesh.models).map(trainStep),
    ...Object.keys(mesh.models).map(serveStep),
  ];
}

function importStep(source: string): UpStep {
  return {
    name: `import ${source}`,
    async run(running, report, { clock, signal }) {
      using connection = connectMesh(running.addresses, clock);
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
      using connection = connectMesh(running.addresses, clock);
      const { addresses, meshModule } = running;
      const known = await connection.registry.listVersions({ model }, { signal });
      const current = known.aliases.find(({ alias }) => alias === 'production');
      if (current !== undefined) return `version ${current.version} is in production`;
      const place = { addresses, meshModule, dataDirectory: running.dataDirectory.path };
      const finished = await trainModel(place, model, report, signal);
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

function serveStep(model: string): UpStep {
  return {
    name: `serve ${model}`,
    async run(running, report, { clock, signal }) {
      using connection = connectMesh(running.addresses, clock);
      const startedMs = clock.monotonic();
      for (;;) {
        const missing = await missingParts(connection, model, signal);
        if (missing.length === 0) return 'model, shadow and fallback answer';
        report(0, `waiting for ${missing.join(', ')}`);
        if (clock.monotonic() - startedMs > servedMsMax) throw notServed(model, missing);
        await clock.sleep(pollMs, signal);
      }
    },
  };
}

/** Names the parts of a model that an alias asks for and that do not answer yet. */
async function missingParts(
  connection: MeshConnection,
  model: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
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
      (version) => (routed?.shadowVersions.includes(version) ?? false) && isReady(version),
    ],
    ['previous', (version) => version === 0 || isReady(version)],
  ]);
  return wanted.aliases
    .filter(({ alias, version }) => answers.get(alias)?.(version) === false)
    .map(({ alias }) => alias);
}

function notServed(model: string, missing: readonly string[]): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'MODEL_NOT_READY',
    message: `model '${model}' does not answer after ${servedMsMax / 1_000} s: ${missing.join(', ')} missing; \`mlmesh status\` and the logs of prediction and router say why`,
  });
}
