import type { ComponentChildren } from 'preact';

/** How good what a badge says is; colour never says it alone. */
export type Tone = 'good' | 'warn' | 'bad' | 'calm';

const marks: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✕', calm: '·' };

/** A short word in the colour of its tone, with a mark for those who don't see colours. */
export function Badge({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`badge ${tone}`}>
      <span class="mark" aria-hidden="true">
        {marks[tone]}
      </span>
      {children}
    </span>
  );
}
