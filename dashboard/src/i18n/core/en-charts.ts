export const enCharts = {
  'chart.asTable': 'View as table',
  'chart.asChart': 'View as chart',
  'chart.time': 'Time',
  'chart.day': 'Day',
  'chart.empty': 'Nothing to show yet',
  'chart.gap': 'no data',
  'chart.part': '{{name}}: last {{last}}, from {{low}} to {{high}}',
  'chart.partUnknown': '{{name}}: no data',
  'chart.total': '{{name}}: {{total}} in all, at most {{high}} in a day',
  'chart.between': '{{from}} to {{to}}',
  'chart.total.column': 'Total',
};
