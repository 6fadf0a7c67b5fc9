/** Jobs, executions, files, flows and what is kept of them. */
export const esWorkProblems = {
  JOB_NOT_FOUND: ['No existe ese job', 'Revisa el id; solo ves los jobs de tu propia cuenta.'],
  JOB_STATE_INVALID: [
    'El job está en un estado que no permite esto',
    'Lee el job; su estado y su motivo dicen qué pasó.',
  ],
  DEPENDENCY_UNMET: [
    'Un job que este necesita terminó de otra forma',
    'Publica otra vez el job necesario y nombra el nuevo, o espera solo a que termine: "condition": "ended".',
  ],
  IMPORT_REFUSED: [
    'El documento pide algo que ningún job puede tener aquí',
    'Cambia lo que se nombra, cada cosa con su lugar en el documento y su remedio.',
  ],
  JOB_UNSATISFIABLE: [
    'Ningún agente registrado podría ejecutar este job',
    'Pide menos de lo que nombra el detalle o registra un agente adecuado.',
  ],
  JOB_QUEUE_FULL: ['Demasiados jobs sin terminar', 'Espera a que terminen algunos de tus jobs.'],
  RATING_EXISTS: [
    'El job ya tiene una valoración',
    'Nada; un job se valora una vez y su valoración se queda.',
  ],
  RESERVATION_NOT_FOUND: [
    'No existe esa reserva',
    'Mira la lista de reservas; las que ya pasaron no están.',
  ],
  RESERVATION_UNSATISFIABLE: [
    'Se pueden reservar muy pocos agentes para ese tiempo',
    'Reserva menos agentes, pide menos de ellos o elige otro momento.',
  ],
  EXECUTION_NOT_FOUND: [
    'No existe esa ejecución',
    'Revisa el id; un agente solo ve sus propias ejecuciones.',
  ],
  LEASE_STALE: [
    'Esta ejecución ya no tiene el job',
    'Para el programa y descarta la ejecución; no se ha cambiado nada.',
  ],
  RESULT_CONFLICT: [
    'Ya se informó de otro resultado de esta ejecución',
    'Vale el primero; descarta este.',
  ],
  ARTIFACT_NOT_FOUND: [
    'No existe ese artefacto',
    'Revisa el id y si es un artefacto de esta cuenta.',
  ],
  ARTIFACT_REMOVED: [
    'El artefacto se borró',
    'El detalle dice cuándo y por qué. Sube el archivo otra vez o repite el job que lo creó.',
  ],
  ARTIFACT_STATE_INVALID: [
    'El artefacto está en un estado que no permite esto',
    'Lee la subida; dice qué partes han llegado y si está completa.',
  ],
  ARTIFACT_MISMATCH: [
    'Los bytes que llegaron no son los anunciados',
    'Sube el archivo otra vez; cambió entretanto, o el sha256 dado es de otro archivo.',
  ],
  ARTIFACT_QUOTA: [
    'No hay sitio para estos bytes',
    'Borra artefactos que nadie necesita o pide más sitio al operador.',
  ],
  TRANSFERS_TOO_MANY: [
    'Demasiados archivos en camino a la vez',
    'Espera los segundos que dice retry-after; envía y descarga menos archivos a la vez.',
  ],
  TRANSFER_STALLED: [
    'Los bytes de un archivo llegaron demasiado despacio',
    'Envía la parte otra vez; lo que llegó de las otras se conserva.',
  ],
  STORAGE_FULL: [
    'El disco del mercado está lleno',
    'Envía lo mismo otra vez tras los segundos que dice retry-after; no se ha cambiado nada.',
  ],
  RANGE_INVALID: [
    'El artefacto no tiene esos bytes',
    'Pide un rango dentro del tamaño que dice la cabecera content-range.',
  ],
  LINK_NOT_FOUND: [
    'El job no tiene ese enlace',
    'Mira los enlaces del job; los que terminaron hace tiempo ya no están.',
  ],
  LINK_INVALID: [
    'Este enlace ya no es válido',
    'Pide uno nuevo a quien te lo dio; los enlaces caducan y se pueden revocar.',
  ],
  FLOW_NOT_FOUND: [
    'No existe ese flujo o esa versión',
    'Revisa el id; solo ves los flujos de tu propia cuenta.',
  ],
  RUN_NOT_FOUND: [
    'No existe esa ejecución de un flujo',
    'Revisa el id; solo ves las de tu propia cuenta, las más recientes.',
  ],
  RUN_STATE_INVALID: [
    'La ejecución del flujo está en un estado que no permite esto',
    'Lee la ejecución; su estado y su error dicen qué pasó.',
  ],
  NODE_TIMEOUT: [
    'Un paso tardó más de lo permitido',
    'Haz más rápido lo que llama o deja que lo haga un job, que tiene su propio límite.',
  ],
  RUN_TIMEOUT: [
    'La ejecución entera tardó más de lo permitido',
    'Empiézala otra vez con un timeout_seconds mayor.',
  ],
  RUN_CANCELLED: [
    'La ejecución se canceló mientras este paso estaba en marcha',
    'Repítela, desde este paso si los demás no hacen falta otra vez.',
  ],
  STEP_INTERRUPTED: [
    'El mercado se paró mientras esta petición estaba en camino',
    'Mira en el destino si se hizo y repítela después; con "idempotent": true el paso se repite solo.',
  ],
  STEP_ABORTED: [
    'Otro paso falló mientras este estaba en marcha',
    'Mira el paso que tiene el error de la ejecución.',
  ],
  STEP_OUTPUT_TOO_LARGE: [
    'La salida de un paso es demasiado grande',
    'Guarda solo lo que necesitan los pasos siguientes o deja los datos en un artefacto de un job.',
  ],
  STEP_REQUEST_FAILED: [
    'El servidor respondió a un paso con un error',
    'Mira el estado en el contexto; con allowErrorStatus cualquier respuesta vale como salida.',
  ],
  STEP_JOB_FAILED: [
    'El job de un paso no tuvo éxito',
    'Lee el job; su motivo y su registro dicen qué pasó.',
  ],
  SCHEDULE_NOT_FOUND: [
    'No existe esa programación',
    'Revisa el id; solo ves las programaciones de tu propia cuenta.',
  ],
  SCHEDULE_STATE_INVALID: [
    'La programación está en un estado que no permite esto',
    'Lee la programación; su estado y su motivo dicen qué pasó.',
  ],
  SNIPPET_NOT_FOUND: [
    'No existe ese fragmento',
    'Revisa el id; solo ves los fragmentos de tu propia cuenta.',
  ],
  SNIPPET_NAME_TAKEN: [
    'Otro fragmento tuyo tiene este nombre',
    'Cambia aquel o da a este otro nombre.',
  ],
  TEMPLATE_NOT_FOUND: [
    'No existe esa plantilla o esa versión',
    'Revisa el id; solo ves las plantillas de tu propia cuenta y las compartidas.',
  ],
  TEMPLATE_ARCHIVED: ['La plantilla está archivada', 'Usa otra plantilla o crea esta otra vez.'],
} as const;
