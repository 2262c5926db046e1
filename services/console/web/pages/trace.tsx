import type { SpanItem, TraceView } from '../../core/trace-views.ts';
import { durationText } from '../format.ts';
import { LivePage } from '../parts/live-page.tsx';
import { Moment } from '../parts/moment.tsx';
import { Scrollable } from '../parts/scrollable.tsx';
import { useView } from '../use-view.ts';

/** Where the time of one request went, over processes and threads. */
export function TracePage({ id }: { readonly id: string }) {
  const live = useView<TraceView>('trace', { id });
  return (
    <LivePage title={live.view?.spans[0]?.name ?? 'Trace'} live={live}>
      {(view) => (
        <section aria-labelledby="waterfall">
          <h2 id="waterfall">
            {durationText(view.durationMs)} in {view.processes} processes and {view.threads} threads
          </h2>
          <p class="quiet">
            trace <code>{view.traceId}</code>, <Moment atMs={view.startMs} nowMs={view.atMs} />
          </p>
          <Scrollable name="Spans">
            <table class="waterfall">
              <thead>
                <tr>
                  <th scope="col">Span</th>
                  <th scope="col">Where</th>
                  <th scope="col" class="number">
                    Took
                  </th>
                  <th scope="col">0 to {durationText(view.durationMs)}</th>
                </tr>
              </thead>
              <tbody>
                {view.spans.map((span) => (
                  <SpanRow key={span.spanId} span={span} />
                ))}
              </tbody>
            </table>
          </Scrollable>
          <p class="quiet">
            Hatched bars are work that the request caused and did not wait for, such as its shadows.
          </p>
        </section>
      )}
    </LivePage>
  );
}

function SpanRow({ span }: { readonly span: SpanItem }) {
  const { service, processId, threadId, isError, isLinked } = span;
  const attributes = Object.entries(span.attributes);
  const kind = `${isLinked ? 'linked' : ''} ${isError ? 'failed' : ''}`;
  return (
    <tr>
      <th scope="row" style={{ paddingLeft: `${Math.min(span.depth, 12) * 14}px` }}>
        <details>
          <summary>
            {span.name}
            {isError && <span class="bad"> failed</span>}
          </summary>
          <dl class="facts">
            {attributes.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      </th>
      <td class="where">
        {service} <span class="quiet">{processId}</span>
        {threadId !== 0 && <span class="quiet">, thread {threadId}</span>}
      </td>
      <td class="number">{durationText(span.durationMs)}</td>
      <td class="track">
        <span
          class={`span ${service} ${kind}`}
          style={{ left: `${span.from * 100}%`, width: `${span.length * 100}%` }}
        />
        <span class="hidden">begins after {durationText(span.offsetMs)}</span>
      </td>
    </tr>
  );
}
