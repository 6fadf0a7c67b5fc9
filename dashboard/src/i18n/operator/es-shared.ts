import type { enShared } from './en-shared.ts';

export const esShared: Record<keyof typeof enShared, string> = {
  'op.filter.all': 'Todos',
  'op.act.reason': 'Motivo',
  'op.act.reasonOptional': 'Motivo (opcional)',
  'op.act.type': 'Escribe {{name}} para confirmar',
  'op.act.failed': 'El mercado no lo ha hecho',
};
