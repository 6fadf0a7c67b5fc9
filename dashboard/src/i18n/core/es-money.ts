import type { enMoney } from './en-money.ts';

export const esMoney: Record<keyof typeof enMoney, string> = {
  'explorer.open.transaction': 'Transacción {{text}} en el explorador, en otra pestaña',
  'explorer.open.address': 'Dirección {{text}} en el explorador, en otra pestaña',
  'explorer.copy.transaction': 'Copiar la firma.',
  'explorer.copy.address': 'Copiar la dirección.',
  'explorer.none': 'Esta cadena es local: ningún explorador muestra sus transacciones.',
  'money.asset': 'Activo',
  'money.most': 'Todo',
  'money.problem.empty': 'Introduce un importe.',
  'money.problem.form': 'Introduce cifras y como mucho un punto, por ejemplo 1.25.',
  'money.problem.zero': 'Introduce más de 0.',
  'money.problem.decimals': '{{asset}} tiene {{count}} decimales. No introduzca más.',
  'money.problem.less': 'Introduce al menos {{money}}.',
  'money.problem.more': 'Introduce como mucho {{money}}.',
  'confirm.type': 'Escribe {{text}} para continuar',
  'download.failed': 'No se ha podido leer {{name}}. Inténtalo de nuevo.',
};
