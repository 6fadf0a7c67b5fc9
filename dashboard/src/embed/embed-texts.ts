import type { JobState } from '@node3/shared/job-state';

interface EmbedTexts {
  states: Record<JobState, string>;
  job: string;
  reading: string;
  shared: string;
  /** Where there is no job to show. */
  gone: string;
  progress: string;
  log: string;
  logEmpty: string;
  logRemoved: string;
  files: string;
  ended: string;
  wrongLink: string;
  late: string;
  /** Of a run, then of what was read last. */
  ranFor: (duration: string) => string;
  asOf: (duration: string) => string;
}

export const embedTexts: Record<'en' | 'es', EmbedTexts> = {
  en: {
    states: {
      awaiting_funds: 'Awaiting funds',
      queued: 'Queued',
      assigned: 'Assigned',
      running: 'Running',
      succeeded: 'Succeeded',
      failed: 'Failed',
      cancelled: 'Cancelled',
      timed_out: 'Timed out',
      expired: 'Expired',
    },
    job: 'Job',
    reading: 'Reading…',
    shared: 'Shared',
    gone: 'Not shown',
    progress: 'Progress',
    log: 'Log',
    logEmpty: 'No line yet.',
    logRemoved: 'The log was removed.',
    files: 'Files',
    ended: 'This link shows nothing any more: it expired or was revoked.',
    wrongLink: 'This is no link to a shared job.',
    late: 'The marketplace does not answer; trying again.',
    ranFor: (duration) => `Run time ${duration}`,
    asOf: (duration) => `Read ${duration} ago`,
  },
  es: {
    states: {
      awaiting_funds: 'Esperando fondos',
      queued: 'En cola',
      assigned: 'Asignado',
      running: 'En ejecución',
      succeeded: 'Completado',
      failed: 'Fallido',
      cancelled: 'Cancelado',
      timed_out: 'Tiempo agotado',
      expired: 'Caducado',
    },
    job: 'Job',
    reading: 'Leyendo…',
    shared: 'Compartido',
    gone: 'No se muestra',
    progress: 'Progreso',
    log: 'Registro',
    logEmpty: 'Aún no hay líneas.',
    logRemoved: 'El registro se eliminó.',
    files: 'Archivos',
    ended: 'Este enlace ya no muestra nada: venció o fue revocado.',
    wrongLink: 'Este no es un enlace a un job compartido.',
    late: 'El marketplace no responde; se vuelve a intentar.',
    ranFor: (duration) => `Tiempo de ejecución: ${duration}`,
    asOf: (duration) => `Leído hace ${duration}`,
  },
};

export type EmbedLanguage = keyof typeof embedTexts;

/** Spanish where the element or its page says so, else English. */
export function readLanguage(tag: string): EmbedLanguage {
  return /^es\b/i.test(tag) ? 'es' : 'en';
}
