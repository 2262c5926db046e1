import { agoText, none, utcText } from '../format.ts';

/** A time as how long ago it is; its whole text is the tooltip. `nowMs` is that of the view. */
export function Moment({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  if (atMs === 0) return <span>{none}</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={utcText(atMs)}>
      {agoText(atMs, nowMs)}
    </time>
  );
}
