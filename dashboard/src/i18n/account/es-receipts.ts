import type { enReceipts } from './en-receipts.ts';

export const esReceipts: Record<keyof typeof enReceipts, string> = {
  'receipts.title': 'Recibos',
  'receipts.subtitle': 'Lo que hizo el dinero de cada job terminado, firmado por el mercado.',
  'receipts.how':
    'Este navegador comprueba el recibo por sí mismo, con Ed25519 sobre su JSON canónico y la clave que publica el mercado. El archivo que guardes prueba lo mismo sin el mercado.',
  'receipts.empty': 'Aún no hay recibos',
  'receipts.emptyText': 'Un job lo tiene desde el momento en que termina.',
  'receipts.one': 'Recibo',
  'receipts.job': 'Job',
  'receipts.state': 'Estado',
  'receipts.created': 'Creado',
  'receipts.line.held': 'Retenido',
  'receipts.line.charged': 'Cobrado',
  'receipts.line.refund': 'Devuelto',
  'receipts.line.providerShare': 'Para el provider',
  'receipts.line.fee': 'Comisión del mercado',
  'receipts.formula.nothing': 'Al provider no se le debe nada.',
  'receipts.formula.reward': 'El provider recibe toda la recompensa: {{share}}.',
  'receipts.formula.metered':
    '{{rate}} por hora × {{units}} × {{ms}} ms ÷ {{hour}} ms, como mucho {{most}} = {{share}}',
  'receipts.formula.share': '{{reward}} × {{ms}} ms ÷ {{limit}} ms = {{share}}',
  'receipts.formula.limited': '{{text}} (hasta donde alcanzaron las comisiones ganadas)',
  'receipts.download': 'Descargar',
  'receipts.toJob': 'Abrir el job',
  'receipts.verify': 'Verificar aquí',
  'receipts.verifyText': 'Al mercado solo se le pide su clave.',
  'receipts.check.genuine': 'Auténtico: firmado con {{key}} y sin cambios desde entonces.',
  'receipts.check.otherKey': 'Firmado con {{key}}, que no es la clave publicada.',
  'receipts.check.changed': 'No es auténtico: se cambió después de firmarlo.',
  'receipts.check.unable':
    'Este navegador no puede comprobar Ed25519 aquí. Usa node3 receipt verify con el archivo.',
};
