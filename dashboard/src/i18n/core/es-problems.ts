import { esAccessProblems } from './es-problems-access.ts';
import { esMoneyProblems } from './es-problems-money.ts';
import { esWorkProblems } from './es-problems-work.ts';
import { problemTexts } from './problem-texts.ts';

export const esProblems = problemTexts({
  ...esAccessProblems,
  ...esMoneyProblems,
  ...esWorkProblems,
  REQUEST_MALFORMED: [
    'No se pudo leer la petición',
    'Envía JSON válido con content-type application/json.',
  ],
  REQUEST_INVALID: [
    'La petición tiene campos erróneos o desconocidos',
    'Corrige los campos que se nombran; cada uno dice qué se espera.',
  ],
  REQUEST_TOO_LARGE: [
    'La petición es demasiado grande',
    'Envía menos de una vez; el límite está en el detalle.',
  ],
  CONTENT_TYPE_UNSUPPORTED: ['No se admite este tipo de contenido', 'Envía application/json.'],
  ROUTE_NOT_FOUND: ['No hay nada en esta dirección', 'Busca la ruta en /docs.'],
  RESOURCE_CHANGED: [
    'Ha cambiado desde que se leyó',
    'Léelo otra vez y repite el cambio con su ETag nuevo si todavía hace falta.',
  ],
  IDEMPOTENCY_MISMATCH: [
    'Esta clave de idempotencia se usó con otra petición',
    'Usa una clave nueva para una petición nueva.',
  ],
  LIMIT_REACHED: [
    'Tu cuenta tiene tantos de estos como puede tener',
    'Usa o cambia uno de los que tienes.',
  ],
  RATE_LIMITED: ['Demasiadas peticiones', 'Espera los segundos que dice retry-after.'],
  MARKETPLACE_UNREACHABLE: [
    'No se llega al mercado',
    'Comprueba la dirección y que el mercado esté en marcha; inténtalo después otra vez.',
  ],
  STORE_UNAVAILABLE: [
    'La base de datos no acepta escrituras',
    'Inténtalo dentro de un momento; nada se confirma hasta que está en el disco.',
  ],
  SERVICE_MISCONFIGURED: [
    'El operador tiene que terminar la configuración',
    'Pide al operador que configure lo que nombra el detalle.',
  ],
  BACKUP_RUNNING: ['Ya se está haciendo otra copia de seguridad', 'Espera a que se haya enviado.'],
  SERVICE_STOPPING: ['El servicio se está parando', 'Inténtalo dentro de unos segundos.'],
  INTERNAL: [
    'Algo salió mal por nuestra parte',
    'Inténtalo otra vez; si sigue igual, da el id de la petición a quien te ayude.',
  ],
  MARKET_READ_ONLY: [
    'El mercado no admite trabajo nuevo por ahora',
    'Inténtalo más tarde. Lo que está en marcha sigue, y se puede depositar y retirar dinero.',
  ],
  ALERT_NOT_FOUND: [
    'No existe esa alerta',
    'Mira la lista de alertas; las terminadas se guardan 90 días.',
  ],
  WEBHOOK_NOT_FOUND: [
    'No existe ese webhook',
    'Revisa el id; solo ves los webhooks de tu propia cuenta.',
  ],
  WEBHOOK_DISABLED: [
    'El webhook está desactivado',
    'Actívalo primero; su motivo dice por qué se desactivó.',
  ],
  DELIVERY_NOT_FOUND: [
    'No existe esa entrega',
    'Mira la lista de entregas del webhook; se guardan 30 días.',
  ],
  URL_FORBIDDEN: [
    'Esta URL no se consulta',
    'Usa una URL https de un servidor público en el puerto 443, sin usuario ni contraseña.',
  ],
  URL_UNREACHABLE: [
    'La URL no dio lo que se le pidió',
    'Comprueba la URL con otro programa; el detalle dice qué falló.',
  ],
});
