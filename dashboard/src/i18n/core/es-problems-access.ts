/** Who may do what: keys, sessions, agents, providers, accounts. */
export const esAccessProblems = {
  AGENT_TOKEN_REQUIRED: [
    'Hace falta el token del agente',
    'Abre su página con "node3 agent dashboard"; los programas envían el token como "Authorization: Bearer".',
  ],
  AGENT_ORIGIN_REFUSED: [
    'El agente no se usa desde ahí',
    'Abre su página con "node3 agent dashboard"; los programas preguntan a http://127.0.0.1 y su puerto.',
  ],
  AUTH_REQUIRED: [
    'Hace falta una clave de API',
    'Envía la cabecera "Authorization: Bearer <clave>".',
  ],
  AUTH_INVALID: [
    'La clave de API no es válida',
    'Comprueba que no le falten caracteres o crea una nueva.',
  ],
  AUTH_FORBIDDEN: [
    'Esta clave no puede hacer eso',
    'Usa una clave que pueda; el detalle dice por qué esta no.',
  ],
  CHALLENGE_INVALID: [
    'El reto de la cartera es desconocido, está usado o ha caducado',
    'Pide un reto nuevo y fírmalo antes de cinco minutos; cada uno vale una vez.',
  ],
  SIGNATURE_INVALID: [
    'La firma de la cartera no corresponde al reto',
    'Firma el mensaje exacto con la cartera que nombra el reto.',
  ],
  WALLET_INVALID: [
    'La dirección de la cartera no es válida',
    'Escribe una dirección de Solana de 32 bytes en base58.',
  ],
  WALLET_RESERVED: [
    'Esta cartera es del propio mercado',
    'Usa una cartera tuya; se crea con: node3 wallet new FILE',
  ],
  ORIGIN_REFUSED: [
    'La petición no viene de una página de este mercado',
    'Envíala desde una página de este mercado con la cabecera "X-Node3-CSRF: 1" o usa una clave de API.',
  ],
  SESSION_NOT_FOUND: [
    'No existe esa sesión',
    'Mira la lista de sesiones; puede que esta haya terminado.',
  ],
  DEVICE_LOGIN_NOT_FOUND: [
    'No hay ningún acceso con este código',
    'Compara el código con el que se muestra; vale diez minutos y se decide una vez.',
  ],
  DEVICE_LOGIN_PENDING: [
    'Nadie ha decidido todavía sobre este acceso',
    'Pregunta de nuevo cuando pase el intervalo.',
  ],
  DEVICE_LOGIN_TOO_FAST: [
    'Se preguntó otra vez antes de que pasara el intervalo',
    'Espera a partir de ahora cinco segundos más entre dos peticiones.',
  ],
  DEVICE_LOGIN_DENIED: [
    'El acceso fue denegado',
    'Pregunta a quien lo denegó y empieza de nuevo si fue un error.',
  ],
  DEVICE_LOGIN_EXPIRED: [
    'El acceso no se aprobó a tiempo',
    'Empieza de nuevo y apruébalo antes de diez minutos.',
  ],
  DEVICE_CODE_INVALID: [
    'El código del dispositivo es desconocido o está usado',
    'Empieza de nuevo con otra autorización del dispositivo.',
  ],
  KEY_NOT_FOUND: [
    'No existe esa clave de API',
    'Revisa el id: es la parte de la clave entre n3_ y el último guion bajo.',
  ],
  KEYS_TOO_MANY: [
    'Hay demasiadas claves de API',
    'Revoca las que nadie usa: node3 key list, node3 key revoke.',
  ],
  ACCOUNT_NOT_FOUND: ['No existe esa cuenta', 'Búscala por su cartera o por su nombre.'],
  ACCOUNT_SUSPENDED: [
    'La cuenta está suspendida',
    'Los jobs en marcha siguen y se puede retirar dinero. Pregunta el motivo al operador.',
  ],
  AGENT_DISABLED: [
    'Este agente está desactivado',
    'Pregunta el motivo al operador del mercado y pídele que lo active.',
  ],
  AGENT_NOT_FOUND: ['No existe ese agente', 'Mira en la lista qué agentes hay.'],
  AGENT_SUPERSEDED: [
    'Otro proceso trabaja con la identidad de este agente',
    'Para el proceso más antiguo o registra la segunda máquina por separado.',
  ],
  AGENT_STATE_INVALID: [
    'El estado del agente no permite esto',
    'Mira su estado con node3 admin agent show; un agente desactivado se activa primero.',
  ],
  PROOF_NOT_OPEN: [
    'No hay ninguna prueba de este dispositivo en este paso',
    'Libera la memoria del dispositivo; el próximo reto llega con una señal de vida.',
  ],
  REGISTRATION_TOKEN_INVALID: [
    'El token de registro no es válido',
    'Pide uno nuevo al operador: vale una vez, unos minutos, quizá para un solo nombre o cartera.',
  ],
  PROVIDER_NOT_FOUND: [
    'No existe ese provider',
    'Revisa su nombre o su id; la lista de providers tiene todos.',
  ],
  PROVIDER_NAME_TAKEN: ['Otro provider tiene este nombre', 'Cambia aquel o da a este otro nombre.'],
  PROVIDER_IN_USE: [
    'Hay agentes de este provider',
    'Asígnalos antes a otro provider; el incluido de serie no se puede quitar.',
  ],
  PROVIDER_FULL: [
    'El provider tiene tantos agentes como puede tener',
    'Da de baja uno de sus agentes o sube su workersMax.',
  ],
} as const;
