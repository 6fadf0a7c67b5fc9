import type { Panel, Row } from './panels.ts';

export interface Variable {
  name: string;
  /** Whose label values it offers: `label_values(metric, label)`. */
  metric: string;
  label: string;
}

export interface Dashboard {
  uid: string;
  title: string;
  variables: readonly Variable[];
  rows: readonly Row[];
}

/** Of the Grafana model; 39 is what Grafana 10.4 and later write. */
const schemaVersion = 39;
const gridColumns = 24;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** The JSON that Grafana imports. The same input gives the same text. */
export function buildDashboard(dashboard: Dashboard): string {
  const { uid, title, variables, rows } = dashboard;
  return `${JSON.stringify(
    {
      uid,
      title,
      tags: ['node3'],
      schemaVersion,
      version: 1,
      editable: true,
      graphTooltip: 1,
      refresh: '30s',
      time: { from: 'now-6h', to: 'now' },
      timezone: '',
      annotations: { list: [] },
      links: [],
      templating: { list: [datasourceVariable(), ...variables.map(queryVariable)] },
      panels: place(rows),
    },
    null,
    2,
  )}\n`;
}

function datasourceVariable() {
  return { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };
}

function queryVariable({ name, metric, label }: Variable) {
  const query = `label_values(${metric}, ${label})`;
  return {
    name,
    type: 'query',
    datasource,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
    sort: 1,
  };
}

/** Panels from left to right; one that does not fit any more begins the next line. */
function place(rows: readonly Row[]) {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: gridColumns, h: 1 },
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      if (x + panel.width > gridColumns) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      const gridPos = { x, y, w: panel.width, h: panel.height };
      placed.push({ id: placed.length + 1, gridPos, ...describe(panel) });
      x += panel.width;
      lineHeight = Math.max(lineHeight, panel.height);
    }
    y += lineHeight;
  }
  return placed;
}

function describe(panel: Panel) {
  const { title, type, description, unit, queries } = panel;
  return {
    title,
    type,
    description,
    datasource,
    fieldConfig: { defaults: { unit, ...customOf(panel) }, overrides: [] },
    options: optionsByType[type],
    targets: queries.map(({ expr, legend, instant }, index) => ({
      refId: String.fromCodePoint('A'.charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat: legend,
      instant,
      range: !instant,
      ...(type === 'table' ? { format: 'table' } : {}),
    })),
    // Each query of a table is a column; what names the row is the same in all of them.
    ...(type === 'table' && queries.length > 1
      ? { transformations: [{ id: 'merge', options: {} }] }
      : {}),
  };
}

function customOf({ type, stacked }: Panel) {
  if (type !== 'timeseries') return {};
  return {
    custom: {
      fillOpacity: stacked ? 30 : 0,
      stacking: { mode: stacked ? 'normal' : 'none' },
      // A gap is a gap: what was not read is not drawn as if it had been.
      spanNulls: false,
    },
  };
}

const optionsByType: Record<Panel['type'], object> = {
  stat: { reduceOptions: { calcs: ['lastNotNull'] }, orientation: 'horizontal' },
  bargauge: { reduceOptions: { calcs: ['lastNotNull'] }, orientation: 'horizontal' },
  heatmap: { calculate: false, yAxis: { unit: 'short' } },
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom' },
    tooltip: { mode: 'multi' },
  },
  table: {},
  'state-timeline': {},
};
