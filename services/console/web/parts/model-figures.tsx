import type { ErrorBudget, ModelCard } from '../../core/views.ts';
import { countText, durationText, figureText, none, rateText, shareText } from '../format.ts';
import { Figure } from './figure.tsx';

/** The figures of a model that say whether it is well. */
export function ModelFigureList({ card }: { readonly card: ModelCard }) {
  const { figures, budget } = card;
  return (
    <dl class="figures">
      <Figure
        name="Traffic"
        value={figures === undefined ? none : rateText(figures.perSecond)}
        note={figures === undefined ? '' : `${countText(figures.predictions)} in all`}
      />
      <Figure
        name="Latency p99"
        value={durationText(figures?.latencyP99Ms)}
        note={`p50 ${durationText(figures?.latencyP50Ms)}`}
      />
      <BudgetFigure budget={budget} />
      <Figure
        name="Quality"
        value={figures?.auc === undefined ? none : figureText(figures.auc)}
        note={`AUC, ${countText(figures?.outcomes ?? 0)} outcomes`}
      />
      <Figure
        name="Parity"
        value={figures === undefined ? none : `${countText(figures.parityMismatches)} differ`}
        note={`of ${countText(figures?.parityChecked ?? 0)} audited`}
        tone={figures === undefined || figures.parityMismatches === 0 ? '' : 'bad'}
      />
      <Figure
        name="Lost records"
        value={figures === undefined ? none : countText(figures.dropped)}
        note="dropped by routers"
        tone={(figures?.dropped ?? 0) > 0 ? 'warn' : ''}
      />
    </dl>
  );
}

function BudgetFigure({ budget }: { readonly budget: ErrorBudget }) {
  const { left, degraded, answers, degradedShareMax, windowMs } = budget;
  const tone = left <= 0 ? 'bad' : left < 0.5 ? 'warn' : 'good';
  return (
    <Figure
      name="Error budget left"
      value={answers === 0 ? none : shareText(Math.max(0, left))}
      note={`${countText(degraded)} of ${countText(answers)} degraded in ${durationText(windowMs)}, ${shareText(degradedShareMax)} may be`}
      tone={answers === 0 ? '' : tone}
    />
  );
}
