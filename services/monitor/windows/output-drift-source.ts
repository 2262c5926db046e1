import { timeText } from '../../shared/definition/date-text.ts';
import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import { isCurrentWindow } from './current-window.ts';
import type { ClosedWindow, WindowLoop } from './window-loop.ts';

/** Raises `output-drift` for each version that still answers and whose mean output has shifted from its reference. */
export class OutputDriftSource implements AlertSource {
  readonly #loop: Pick<WindowLoop, 'latest'>;

  constructor(loop: Pick<WindowLoop, 'latest'>) {
    this.#loop = loop;
  }

  firing(): readonly FiringAlert[] {
    const latest = [...this.#loop.latest()];
    return latest.filter((window) => isCurrentWindow(window, latest)).flatMap(alertOf);
  }
}

function alertOf(window: ClosedWindow): readonly FiringAlert[] {
  const { model, version, profileDigest, answer, outputPlan } = window;
  const { finding, state } = answer.output;
  if (state.sinceMs === undefined || finding === undefined) return [];
  const { mean, baselineMean, deviations, high, low } = finding;
  const way = mean > baselineMean ? 'up' : 'down';
  const { rule, limit, deviations: deviationsMax, windowsNeeded } = outputPlan;
  const by =
    rule === 'cusum'
      ? `a cumulative sum of window means has passed ${limit} deviations`
      : `${windowsNeeded} windows in a row are off by more than ${deviationsMax} deviations`;
  return [
    {
      rule: 'output-drift',
      model,
      subject: `version ${version}`,
      severity: 'TICKET',
      message: `the outputs of version ${version} have moved ${way} since ${timeText(state.sinceMs)}: their mean is ${mean.toFixed(4)} where ${baselineMean.toFixed(4)} is usual (${deviations.toFixed(1)} deviations of window means in the window ${timeText(answer.startMs)} to ${timeText(answer.endMs)}); ${by}. See \`mlmesh drift ${model}\` whether inputs moved too, and \`mlmesh quality ${model}\` whether it costs quality`,
      evidence: {
        ...{ version, profileDigest, rule, limit, deviationsMax, windowsNeeded },
        ...{ startMs: answer.startMs, endMs: answer.endMs, sinceMs: state.sinceMs },
        ...{ answers: answer.answers, effectiveRows: answer.effectiveRows },
        ...{ mean, baselineMean, deviations, high, low },
        // Before this window, so that its step can be taken again.
        ...{ highBefore: window.output.cusum.high, lowBefore: window.output.cusum.low },
        ...{ runBefore: window.output.mean.run, slack: outputPlan.slack },
      },
    },
  ];
}
