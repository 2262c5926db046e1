import type { ComponentChildren } from 'preact';

/** What is wider than a phone: it scrolls by itself, by the keyboard as well. */
export function Scrollable({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section of the page is something else
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus, nobody scrolls it by the keyboard
    <div class="scroll" role="region" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}
