import type { enShared } from './en-shared.ts';

export const esShared: Record<keyof typeof enShared, string> = {
  'op.scope.title': 'Esta página es del operador',
  'op.scope.text':
    'A la clave de esta pestaña le falta el permiso «operator», así que el marketplace no le muestra nada aquí.',
  'op.scope.fix':
    'Entra con la clave del operador, o con una que el operador cree con <0>node3 key create --scope operator</0>.',
  'op.filter.all': 'Todos',
  'op.act.reason': 'Motivo',
  'op.act.reasonOptional': 'Motivo (opcional)',
  'op.act.type': 'Escribe {{name}} para confirmar',
  'op.act.failed': 'El marketplace no lo ha hecho',
};
