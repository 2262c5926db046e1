import type { ComponentChildren } from 'preact';

/** One figure with its name above and what it means below. */
export function Figure({
  name,
  value,
  note,
  tone = '',
}: {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: '' | 'good' | 'warn' | 'bad';
}) {
  return (
    <div class={`figure ${tone}`}>
      <dt>{name}</dt>
      <dd>
        <span class="value">{value}</span>
        {note !== undefined && <span class="note">{note}</span>}
      </dd>
    </div>
  );
}
