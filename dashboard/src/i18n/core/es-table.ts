import type { enTable } from './en-table.ts';

export const esTable: Record<keyof typeof enTable, string> = {
  'table.order': 'Orden',
  'table.asSent': 'Como llegan',
  'table.ascending': '{{column}}, ascendente',
  'table.descending': '{{column}}, descendente',
  'table.selectAll': 'Seleccionar todas las filas',
  'table.select': 'Seleccionar {{name}}',
  'table.selected': 'Seleccionada',
  'table.selectShown': 'Seleccionar todo ({{count}})',
  'table.selectNone': 'No seleccionar nada',
  'table.csv': 'CSV',
};
