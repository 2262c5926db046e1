import type { AliasItem } from '../../core/views.ts';
import { Badge } from './badge.tsx';
import { Moment } from './moment.tsx';

const order = ['production', 'canary', 'previous', 'shadow', 'fallback'];

/** Where the aliases of a model point, since when, and who has brought them there. */
export function AliasList({
  aliases,
  nowMs,
}: {
  readonly aliases: readonly AliasItem[];
  readonly nowMs: number;
}) {
  const rankOf = (alias: string) => (order.indexOf(alias) + 99) % 99;
  const sorted = [...aliases].sort((left, right) => rankOf(left.alias) - rankOf(right.alias));
  return (
    <dl class="aliases">
      {sorted.map(({ alias, version, isForced, sinceMs, by, reason }) => (
        <div key={alias}>
          <dt>{alias}</dt>
          <dd title={reason}>
            <span class="value">{version === 0 ? 'none' : `v${version}`}</span>
            {isForced && <Badge tone="warn">forced</Badge>}
            <span class="note">
              <Moment atMs={sinceMs} nowMs={nowMs} />, {by}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
