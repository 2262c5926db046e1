import type { ModelCard } from '../../core/views.ts';
import { ActionButton } from './action-button.tsx';

/** Takes the version in production back, in one click. */
export function RollbackButton({ card }: { readonly card: ModelCard }) {
  const versionOf = (name: string) =>
    card.aliases.find(({ alias }) => alias === name)?.version ?? 0;
  const production = versionOf('production');
  const previous = versionOf('previous');
  return (
    <ActionButton
      label={`Roll back ${card.model}`}
      action={{ kind: 'rollback', model: card.model, fromVersion: production }}
      reasons={['late answers', 'errors', 'wrong answers']}
      isDangerous
      refusedBecause={production === 0 ? 'nothing is in production' : ''}
    >
      <p>
        <b>Version {production}</b> leaves production,{' '}
        {previous === 0 ? (
          <>
            and no version was there before it: <b>the fallback model</b> answers.
          </>
        ) : (
          <>
            and <b>version {previous}</b> answers again. It is loaded and warm.
          </>
        )}
      </p>
      <p class="quiet">Callers are answered all the while. A canary leaves the traffic too.</p>
    </ActionButton>
  );
}
