/** A value on the axis that its interval is read against. */
export interface IntervalMark {
  readonly at: number;
  readonly name: string;
}

/** What an interval is drawn of. */
export interface IntervalBarProps {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly marks: readonly IntervalMark[];
  readonly format: (value: number) => string;
  /** What its bounds promise, in words. */
  readonly note: string;
}

/** An interval and the value inside it on an axis with marks. The picture is for the eye; the line below says the same in words. */
export function IntervalBar({ value, lower, upper, marks, format, note }: IntervalBarProps) {
  const ends = [lower, upper, ...marks.map(({ at }) => at)];
  const first = Math.min(...ends);
  const width = Math.max(...ends) - first || 1;
  // A little room at both ends, so that nothing lies on the edge.
  const percent = (at: number) => `${4 + (92 * (at - first)) / width}%`;
  const distinct = marks.filter(
    ({ at }, index) => marks.findIndex((mark) => Math.abs(mark.at - at) < width / 50) === index,
  );
  return (
    <div class="interval">
      <div class="axis" aria-hidden="true">
        {distinct.map(({ at, name }) => (
          <i key={name} style={{ left: percent(at) }}>
            <span>{name}</span>
          </i>
        ))}
        <span
          class="range"
          style={{ left: percent(lower), width: `${(92 * (upper - lower)) / width}%` }}
        />
        <b style={{ left: percent(value) }} />
      </div>
      <p>
        {format(lower)} to {format(upper)} <span class="quiet">{note}</span>
      </p>
    </div>
  );
}
