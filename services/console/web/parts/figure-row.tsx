import { figureText } from '../format.ts';

/** Named figures in a row, such as those of evidence. Nothing where there are none. */
export function FigureRow({ figures }: { readonly figures: Readonly<Record<string, number>> }) {
  const entries = Object.entries(figures);
  if (entries.length === 0) return null;
  return (
    <dl class="inline">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd>{figureText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
