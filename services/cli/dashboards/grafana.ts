/** One line of a panel: what is asked, and how its series are called. */
export interface PanelQuery {
  readonly expr: string;
  /** Grafana's form of labels, such as `{{service}}`. */
  readonly legend: string;
}

/** A panel of a dashboard. */
export interface Panel {
  readonly title: string;
  /** What it shows and when it is bad, for who sees it the first time. */
  readonly description: string;
  /** Unit by Grafana's name, such as `ms`, `reqps`, `percentunit`, `bytes`. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** Above it, it is bad. */
  readonly limit?: number;
}

/** A dashboard. */
export interface Dashboard {
  /** Lower-case letters, digits and dashes; at most 40. */
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const panelWidth = 12; // of 24
const panelHeight = 8;
/** The variable of the dashboard that says which Prometheus it asks. */
const variable = 'datasource';
const datasource = { type: 'prometheus', uid: `\${${variable}}` } as const;

/** Writes a dashboard as Grafana imports it; which Prometheus it asks is chosen there. */
export function grafanaJson({ uid, title, panels }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    tags: ['mlmesh'],
    schemaVersion: 39,
    editable: true,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [{ name: variable, type: 'datasource', query: 'prometheus', label: 'Prometheus' }],
    },
    annotations: { list: [] },
    panels: panels.map(toPanel),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function toPanel({ title, description, unit, queries, limit }: Panel, index: number) {
  return {
    id: index + 1,
    type: 'timeseries',
    ...{ title, description, datasource },
    gridPos: {
      x: (index % 2) * panelWidth,
      y: Math.floor(index / 2) * panelHeight,
      w: panelWidth,
      h: panelHeight,
    },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(limit !== undefined && {
          custom: { thresholdsStyle: { mode: 'line' } },
          thresholds: {
            mode: 'absolute',
            steps: [
              { color: 'green', value: null },
              { color: 'red', value: limit },
            ],
          },
        }),
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: queries.map(({ expr, legend }, position) => ({
      refId: String.fromCharCode(65 + position), // A, B, ...
      ...{ expr, datasource },
      legendFormat: legend,
    })),
  };
}
