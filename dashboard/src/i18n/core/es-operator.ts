import type { enOperator } from './en-operator.ts';

export const esOperator: Record<keyof typeof enOperator, string> = {
  'nav.metrics': 'Métricas',
  'nav.admin': 'Operación',
  'nav.fleet': 'Flota',
  'nav.queue': 'Cola',
  'nav.payments': 'Pagos',
  'nav.adminProviders': 'Providers',
  'nav.reservations': 'Reservas',
  'nav.accounts': 'Cuentas',
  'nav.audit': 'Auditoría',
  'nav.adminWebhooks': 'Entregas',
  'nav.alerts': 'Alertas',
  'nav.switches': 'Interruptores',
  'held.pause-matching': 'Ahora no se asignan jobs',
  'held.read-only': 'Ahora no se toman jobs nuevos',
};
