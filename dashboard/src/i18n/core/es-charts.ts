import type { enCharts } from './en-charts.ts';

export const esCharts: Record<keyof typeof enCharts, string> = {
  'chart.asTable': 'Ver como tabla',
  'chart.asChart': 'Ver como gráfico',
  'chart.time': 'Hora',
  'chart.day': 'Día',
  'chart.zoom':
    'Arrastra sobre un gráfico para ver una parte de este tiempo en todos, o usa los botones.',
  'chart.zoomGroup': 'Zoom de todos los gráficos; teclas + − ← →',
  'chart.zoom.in': 'Más cerca',
  'chart.zoom.out': 'Más lejos',
  'chart.zoom.earlier': 'Antes',
  'chart.zoom.later': 'Después',
  'chart.zoomReset': 'Mostrar todo el intervalo',
  'chart.empty': 'No hay nada que mostrar',
  'chart.gap': 'sin datos',
  'chart.part': '{{name}}: último valor {{last}}, entre {{low}} y {{high}}',
  'chart.partUnknown': '{{name}}: sin datos',
  'chart.total': '{{name}}: {{total}} en total, como máximo {{high}} en un día',
  'chart.between': '{{from}} a {{to}}',
  'chart.total.column': 'Total',
};
