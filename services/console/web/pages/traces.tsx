import { useId, useState } from 'preact/hooks';
import type { TraceItem, TracesView } from '../../core/trace-views.ts';
import { durationText } from '../format.ts';
import { navigate } from '../location.ts';
import { LivePage } from '../parts/live-page.tsx';
import { Moment } from '../parts/moment.tsx';
import { Scrollable } from '../parts/scrollable.tsx';
import { useView } from '../use-view.ts';

/** Rows that are shown: who wants an older one narrows the search. */
const shownMax = 50;

/** The newest traces, and a search for one. */
export function TracesPage() {
  const live = useView<TracesView>('traces');
  const [rootName, setRootName] = useState('');
  const [slowerMs, setSlowerMs] = useState(0);
  return (
    <LivePage title="Traces" live={live}>
      {(view) => {
        const isWanted = (trace: TraceItem) =>
          trace.durationMs >= slowerMs && trace.rootName.includes(rootName);
        const shown = view.traces.filter(isWanted);
        return (
          <section aria-labelledby="traces">
            <h2 id="traces">
              {Math.min(shownMax, shown.length)} of the newest {view.traces.length}
            </h2>
            <Search
              traces={view.traces}
              onRootName={setRootName}
              onSlower={setSlowerMs}
              rootName={rootName}
            />
            <TraceTable traces={shown} nowMs={view.atMs} />
          </section>
        );
      }}
    </LivePage>
  );
}

function Search({
  traces,
  rootName,
  onRootName,
  onSlower,
}: {
  readonly traces: readonly TraceItem[];
  readonly rootName: string;
  readonly onRootName: (name: string) => void;
  readonly onSlower: (ms: number) => void;
}) {
  const [wanted, setWanted] = useState('');
  const id = useId();
  const names = [...new Set(traces.map((trace) => trace.rootName))].sort((left, right) =>
    left.localeCompare(right),
  );
  const find = (event: Event) => {
    event.preventDefault();
    if (wanted.trim() !== '') navigate(`/traces/${encodeURIComponent(wanted.trim())}`);
  };
  return (
    <div class="search">
      <form onSubmit={find}>
        <label for={`${id}-id`}>Trace or prediction id</label>
        <div class="choices">
          <input
            id={`${id}-id`}
            value={wanted}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setWanted(currentTarget.value)}
          />
          <button type="submit">Find</button>
        </div>
      </form>
      <div>
        <label for={`${id}-root`}>Begins with</label>
        <select
          id={`${id}-root`}
          value={rootName}
          onChange={({ currentTarget }) => onRootName(currentTarget.value)}
        >
          <option value="">anything</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label for={`${id}-slow`}>Took at least</label>
        <select
          id={`${id}-slow`}
          onChange={({ currentTarget }) => onSlower(Number(currentTarget.value))}
        >
          {[0, 10, 50, 100, 1_000].map((ms) => (
            <option key={ms} value={ms}>
              {ms === 0 ? 'any time' : durationText(ms)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function TraceTable({
  traces,
  nowMs,
}: {
  readonly traces: readonly TraceItem[];
  readonly nowMs: number;
}) {
  if (traces.length === 0) return <p class="quiet">no trace is like that</p>;
  return (
    <Scrollable name="Table of traces">
      <table>
        <thead>
          <tr>
            <th scope="col">Begins with</th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="number">
              Spans
            </th>
            <th scope="col" class="number">
              Processes
            </th>
            <th scope="col" class="number">
              Threads
            </th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {traces.slice(0, shownMax).map((trace) => (
            <tr key={trace.traceId}>
              <th scope="row">
                <a href={`/traces/${trace.traceId}`}>{trace.rootName}</a>
              </th>
              <td class="number">{durationText(trace.durationMs)}</td>
              <td class="number">{trace.spans}</td>
              <td class="number">{trace.processes}</td>
              <td class="number">{trace.threads}</td>
              <td>
                <Moment atMs={trace.startMs} nowMs={nowMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}
