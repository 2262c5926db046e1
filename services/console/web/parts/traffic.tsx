import type { CohortItem, ModelView, RampView } from '../../core/views.ts';
import { durationText, shareText } from '../format.ts';
import { ActionButton } from './action-button.tsx';
import { Moment } from './moment.tsx';
import { Scrollable } from './scrollable.tsx';

/** Who answers which share of the callers, and how the ramp of a canary stands. */
export function TrafficSection({ view }: { readonly view: ModelView }) {
  const { cohorts, ramp } = view;
  return (
    <section aria-labelledby="traffic">
      <h2 id="traffic">Cohorts and ramp</h2>
      <CohortTable cohorts={cohorts} />
      {ramp !== undefined && ramp.canaryVersion !== 0 && (
        <Ramp model={view.card.model} ramp={ramp} nowMs={view.atMs} />
      )}
    </section>
  );
}

function CohortTable({ cohorts }: { readonly cohorts: readonly CohortItem[] }) {
  if (cohorts.length === 0) return <p class="quiet">the router does not serve this model</p>;
  return (
    <Scrollable name="Cohorts">
      <table>
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col">Answers with</th>
            <th scope="col" class="number">
              Share
            </th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {cohorts.map(({ role, serves, share, note }) => (
            <tr key={`${role} ${serves}`}>
              <th scope="row">{role}</th>
              <td>{serves}</td>
              <td class="number">{role === 'fallback' ? '' : shareText(share)}</td>
              <td class="quiet">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function Ramp({
  model,
  ramp,
  nowMs,
}: {
  readonly model: string;
  readonly ramp: RampView;
  readonly nowMs: number;
}) {
  const { canaryVersion, share, isHeld, steps, nextStep, dueAtMs, generation } = ramp;
  const waitMs = dueAtMs - nowMs;
  const why = isHeld
    ? 'the ramp is held'
    : nextStep === undefined
      ? 'this is the last step: promote the canary or roll it back'
      : waitMs > 0
        ? `the step lasts ${durationText(waitMs)} more`
        : '';
  return (
    <div class="ramp">
      <h3>
        Canary version {canaryVersion} at {shareText(share)}
        {isHeld ? ', held' : ''}
      </h3>
      <p class="quiet">
        since <Moment atMs={ramp.sinceMs} nowMs={nowMs} />
      </p>
      <ol class="steps">
        {steps.map((step) => (
          <li key={step} class={step <= share ? 'reached' : ''}>
            {shareText(step)}
            <span class="hidden">{step <= share ? ' reached' : ' ahead'}</span>
          </li>
        ))}
      </ol>
      <div class="choices">
        <ActionButton
          label={isHeld ? 'Let the ramp go on' : 'Hold the ramp'}
          action={{ kind: 'hold-ramp', model, isHeld: !isHeld }}
          reasons={['to look at it first']}
        >
          <p>
            The canary keeps {shareText(share)} of the callers
            {isHeld ? ', and may grow again.' : ' until somebody lets it go on.'}
          </p>
        </ActionButton>
        <ActionButton
          label="Next step"
          action={{ kind: 'advance-ramp', model, expectedGeneration: generation }}
          reasons={['no errors so far']}
          refusedBecause={why}
        >
          <p>
            The canary goes from {shareText(share)} to <b>{shareText(nextStep)}</b> of the callers.
          </p>
        </ActionButton>
      </div>
    </div>
  );
}
