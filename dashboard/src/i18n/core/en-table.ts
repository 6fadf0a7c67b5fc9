export const enTable = {
  'table.order': 'Order',
  'table.asSent': 'As listed',
  'table.ascending': '{{column}}, ascending',
  'table.descending': '{{column}}, descending',
  'table.selectAll': 'Select all rows',
  'table.select': 'Select {{name}}',
  'table.selected': 'Selected',
  'table.selectShown': 'Select all {{count}}',
  'table.selectNone': 'Select none',
  'table.csv': 'CSV',
};
