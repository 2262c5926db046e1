import { useEffect, useState } from 'preact/hooks';
import type { FigurePoint, HistoryView } from '../core/views.ts';

/** Points of an hour, and some. */
const pointsMax = 800;

/** Gives the figures of a model over the last hour: what the console has seen, and each newer point as it comes. */
export function useHistory(model: string, newest: FigurePoint | undefined): readonly FigurePoint[] {
  const [points, setPoints] = useState<readonly FigurePoint[]>([]);
  useEffect(() => {
    const left = new AbortController();
    const address = `/api/views/history?${new URLSearchParams({ model })}`;
    fetch(address, { signal: left.signal })
      .then((answer): Promise<HistoryView> => {
        if (answer.ok) return answer.json();
        throw new Error(`the console answered with ${answer.status}`);
      })
      .then((history) => setPoints(history.points))
      // The chart then begins with the points that come.
      .catch(() => undefined);
    return () => left.abort();
  }, [model]);
  useEffect(() => {
    if (newest === undefined) return;
    setPoints((before) => {
      const last = before.at(-1)?.atMs ?? 0;
      return newest.atMs <= last ? before : [...before, newest].slice(-pointsMax);
    });
  }, [newest]);
  return points;
}
