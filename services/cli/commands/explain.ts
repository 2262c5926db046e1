import type { Command } from 'commander';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatDuration, formatHash, formatTime } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { renderExplanation } from '../rpc/alert-views.ts';
import { roleOf, tierOf } from '../rpc/wire-names.ts';
import { isVerdictId, renderVerdict } from '../verdict-sheet.ts';

type Logged = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getPrediction'>;

/** What the id of an alert looks like; no id of a prediction does. */
const alertIdForm = /^alert-\d+$/;

/** Gives the command `explain`: how one prediction or verdict came to be, or why an alert fires. */
export function explainCommand(context: CommandContext): Command {
  return newMeshCommand('explain <id>', {
    summary: 'tell how a prediction or a verdict came to be, or why an alert fires, decided again',
    examples: [
      'explain 00e7a1b2c3d4f00d-00000000002a    who answered, why, from which features',
      'explain alert-17                         what, since when, against what, how sure, what to do',
      'explain v0dgk3m2qa-guard-flight-delay    what was found of which version, every number',
    ],
  }).action((id: string, options: MeshOptions) =>
    withMesh(options, context, async ({ mesh }) => {
      const { signal } = context;
      if (alertIdForm.test(id)) {
        const explained = await mesh.monitor.explainAlert({ alertId: id }, { signal });
        if (!explained.isReproduced) context.setExitCode(exitCodes.notReproduced);
        return { json: explained, text: renderExplanation(explained) };
      }
      if (isVerdictId(id)) {
        const explained = await mesh.monitor.explainVerdict({ verdictId: id }, { signal });
        if (!explained.isSame) context.setExitCode(exitCodes.notReproduced);
        return { json: explained, text: renderVerdict(explained) };
      }
      const logged = await mesh.monitor.getPrediction({ predictionId: id }, { signal });
      return { json: logged, text: renderLogged(logged) };
    }),
  );
}

function renderLogged({ prediction, shadowAnswers, outcome }: Logged): string {
  if (prediction === null) return 'the prediction itself has not arrived yet\n';
  const { tier, version, role, skippedReason, stamp } = prediction;
  const by = version === 0 ? tierOf(tier) : `${tierOf(tier)}, version ${version}`;
  const shadows = shadowAnswers.map((answer) => {
    const { version: shadow, latencyMs, failedReason, score } = answer;
    const said = failedReason === undefined ? (score ?? Number.NaN).toFixed(4) : failedReason;
    return `shadow      version ${shadow} said ${said} after ${formatDuration(latencyMs)}`;
  });
  const lines = [
    `model       ${prediction.model}`,
    `score       ${prediction.score.toFixed(4)}`,
    `answered by ${by} as ${roleOf(role)}, in ${formatDuration(prediction.latencyMs)}`,
    ...(skippedReason === '' ? [] : [`            not by the model: ${skippedReason}`]),
    `entities    ${prediction.keys.join(', ')}`,
    `time        ${formatTime(prediction.atMs)} UTC`,
    stamp === null
      ? 'features    none'
      : `features    feature set ${formatHash(stamp.featureSetHash)} at log offset ${formatCount(stamp.logOffset)}`,
    ...shadows,
    outcome === null
      ? 'outcome     not known yet'
      : `outcome     ${outcome.label}, observed ${formatTime(outcome.observedAtMs)} UTC`,
    `trace       ${prediction.traceId}   (mlmesh trace ${prediction.traceId})`,
  ];
  return `${lines.join('\n')}\n`;
}
