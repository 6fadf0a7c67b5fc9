import type { ReasonTexts } from './en-reasons.ts';

export const esReasons: ReasonTexts = {
  'reason.exited.sentence': 'El programa terminó con el código de salida 0.',
  'reason.exited.action': 'Lee la salida.',
  'reason.nonzero_exit.sentence': 'El programa terminó con un código de salida distinto de 0.',
  'reason.nonzero_exit.action': 'Lee las últimas líneas de stderr.',
  'reason.out_of_memory.sentence': 'El programa usó más memoria de la que permite el job.',
  'reason.out_of_memory.action': 'Aumenta resources.memoryBytes.',
  'reason.run_timeout.sentence': 'El programa superó su tiempo límite y fue detenido.',
  'reason.run_timeout.action':
    'Aumenta el tiempo límite (limits.runSec) o haz el programa más rápido.',
  'reason.disk_exceeded.sentence':
    'El programa escribió más que el disco que pidió el job y fue detenido.',
  'reason.disk_exceeded.action': 'Aumenta resources.diskBytes o escribe menos.',
  'reason.cancelled_by_requester.sentence': 'El solicitante canceló el job.',
  'reason.cancelled_by_requester.action': 'Publícalo de nuevo si todavía lo necesitas.',
  'reason.image_not_found.sentence': 'La imagen no existe o no se puede descargar.',
  'reason.image_not_found.action': 'Revisa el nombre y la etiqueta de la imagen.',
  'reason.command_not_found.sentence': 'El comando no se pudo ejecutar en la imagen.',
  'reason.command_not_found.action': 'Revisa command, entrypoint y los archivos de la imagen.',
  'reason.image_pull_failed.sentence': 'El registro no entregó la imagen.',
  'reason.image_pull_failed.action': 'Inténtalo más tarde o usa otro registro.',
  'reason.prepare_timeout.sentence': 'El agente no llegó a iniciar el programa a tiempo.',
  'reason.prepare_timeout.action': 'Usa una imagen más pequeña o sube limits.pullSec.',
  'reason.request_invalid.sentence':
    'El job pide algo que ningún ejecutor acepta, como un nombre de variable reservado.',
  'reason.request_invalid.action': 'Lee el detalle del intento y corrige el job.',
  'reason.queue_timeout.sentence': 'Ningún agente tomó el job antes de que acabara su espera.',
  'reason.queue_timeout.action': 'Pide menos, paga más o deja que espere más (limits.queueSec).',
  'reason.offer_not_accepted.sentence': 'El agente no aceptó la oferta a tiempo.',
  'reason.offer_not_accepted.action': 'Nada; el job volvió a la cola.',
  'reason.released_by_agent.sentence': 'El agente devolvió el job.',
  'reason.released_by_agent.action': 'Nada; el job volvió a la cola.',
  'reason.preempted.sentence': 'La ejecución se detuvo para un job que no se puede interrumpir.',
  'reason.preempted.action': 'Nada; el job vuelve a la cola y esta ejecución no cuesta nada.',
  'reason.lease_expired.sentence': 'El agente dejó de dar señales de vida.',
  'reason.lease_expired.action': 'Nada; el job se intenta de nuevo en otro agente.',
  'reason.engine_error.sentence': 'Falló el motor de contenedores del agente.',
  'reason.engine_error.action': 'Nada; el job se intenta de nuevo en otro agente.',
  'reason.gpu_error.sentence': 'Falló la GPU del agente.',
  'reason.gpu_error.action': 'Nada; el job se intenta de nuevo en otro agente.',
  'reason.agent_restarted.sentence': 'El agente se reinició y no encontró la carga de trabajo.',
  'reason.agent_restarted.action': 'Nada; el job se intenta de nuevo en otro agente.',
  'reason.cap_reached.sentence': 'La ejecución agotó el tope del job y se detuvo.',
  'reason.cap_reached.action': 'Sube el tope del precio o haz más rápido el programa.',
  'reason.marketplace_error.sentence': 'El mercado hizo fallar esta ejecución; no te cuesta nada.',
  'reason.marketplace_error.action':
    'Nada mientras queden intentos; después del último, publica el job otra vez.',
  'reason.no_progress.sentence':
    'El programa pasó más tiempo sin escribir una línea del que permite el job y fue detenido.',
  'reason.no_progress.action':
    'Haz que escriba una línea de vez en cuando o sube limits.progressSec.',
  'reason.input_unavailable.sentence': 'No se pudo obtener o desempaquetar una entrada del job.',
  'reason.input_unavailable.action':
    'Corrige lo que nombra el detalle: el artefacto, la URL, su sha256 o el archivo comprimido.',
  'reason.output_missing.sentence':
    'El programa terminó bien pero no dejó un archivo que el job exige.',
  'reason.output_missing.action':
    'Haz que escriba lo que nombra outputs, o pon ahí "required": false.',
  'reason.output_rejected.sentence': 'No se pudieron conservar los archivos que dejó el programa.',
  'reason.output_rejected.action':
    'Conserva menos archivos o más pequeños, o haz sitio: borra artefactos que nadie necesita.',
  'reason.dependency_failed.sentence': 'Un job que este tenía que esperar no tuvo éxito.',
  'reason.dependency_failed.action':
    'Mira los jobs de after; publica este otra vez cuando hayan tenido éxito.',
  'reason.poison.sentence':
    'El job falló de la misma forma en tres agentes, así que la culpa no es de ellos.',
  'reason.poison.action':
    'Averigua qué le hace a la máquina; las ejecuciones dicen cómo acabó cada intento.',
  'reason.result_reused.sentence': 'Se reutilizó el resultado de una ejecución anterior igual.',
  'reason.result_reused.action':
    'Lee la salida; publica el job sin cache para ejecutarlo otra vez.',
  'reason.result_overdue.sentence': 'El agente no informó de un resultado a tiempo.',
  'reason.agent_removed.sentence': 'El operador retiró al agente del mercado.',
  'reason.agent_removed.action': 'Nada; el job se intenta de nuevo en otro agente.',
  'reason.result_overdue.action': 'Nada; el job se intenta de nuevo en otro agente.',
};
