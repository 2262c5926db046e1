import type { ComponentChildren } from 'preact';

/** What a section of a page is made of whose data may come later than the page. */
export interface AwaitedSectionProps<T> {
  readonly id: string;
  readonly title: string;
  /** Undefined until it is there. */
  readonly data: T | undefined;
  readonly children: (data: T) => ComponentChildren;
}

/** A section that has its place before it has its data, so that nothing moves when they come. */
export function AwaitedSection<T>({ id, title, data, children }: AwaitedSectionProps<T>) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {data === undefined ? <p class="quiet">on its way…</p> : children(data)}
    </section>
  );
}
