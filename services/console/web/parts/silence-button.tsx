import { useId, useState } from 'preact/hooks';
import type { AlertItem, SilenceItem } from '../../core/alert-views.ts';
import { ActionButton } from './action-button.tsx';

const durations = [
  ['1 hour', 3_600_000],
  ['4 hours', 14_400_000],
  ['1 day', 86_400_000],
  ['1 week', 604_800_000],
] as const;

/** Keeps an alert from being delivered for a while. */
export function SilenceButton({ alert }: { readonly alert: AlertItem }) {
  const [durationMs, setDurationMs] = useState<number>(durations[0][1]);
  const id = useId();
  return (
    <ActionButton
      label="Silence"
      subject={`${alert.rule} ${alert.model}`}
      action={{ kind: 'silence', alertId: alert.id, durationMs }}
      reasons={['somebody works on it', 'known, and harmless']}
    >
      <p>
        Nobody is told of <b>{alert.rule}</b> for a while. It stays on this page, and is told again
        if it lasts longer.
      </p>
      <label for={id}>For how long?</label>
      <select
        id={id}
        value={durationMs}
        onChange={({ currentTarget }) => setDurationMs(Number(currentTarget.value))}
      >
        {durations.map(([name, ms]) => (
          <option key={ms} value={ms}>
            {name}
          </option>
        ))}
      </select>
    </ActionButton>
  );
}

/** Ends a silence before its time. */
export function EndSilenceButton({ silence }: { readonly silence: SilenceItem }) {
  return (
    <ActionButton
      label="End silence"
      subject={silence.covers}
      action={{ kind: 'end-silence', silenceId: silence.id }}
      reasons={undefined}
    >
      <p>What it covers is told again, at once where it still fires.</p>
    </ActionButton>
  );
}
