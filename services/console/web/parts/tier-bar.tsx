import type { TierItem } from '../../core/views.ts';
import { shareText } from '../format.ts';

/** Who gives the answers, as one bar and in words. */
export function TierBar({ tiers }: { readonly tiers: readonly TierItem[] }) {
  if (tiers.length === 0) return <p class="quiet">no answers yet</p>;
  const sorted = [...tiers].sort((left, right) => right.share - left.share);
  return (
    <div class="tiers">
      <div class="bar" aria-hidden="true">
        {sorted.map(({ tier, version, share }) => (
          <span key={`${tier}${version}`} class={tier} style={{ flexGrow: share }} />
        ))}
      </div>
      <ul class="legend">
        {sorted.map(({ tier, version, share }) => (
          <li key={`${tier}${version}`}>
            <span class={`dot ${tier}`} aria-hidden="true" />
            {version === 0 ? tier : `${tier} v${version}`} <b>{shareText(share)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
