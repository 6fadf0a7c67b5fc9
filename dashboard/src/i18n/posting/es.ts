import type { en } from './en.ts';
import { esForm } from './es-form.ts';
import { esKept } from './es-kept.ts';
import { esRun } from './es-run.ts';

export const es: Record<keyof typeof en, string> = {
  ...esForm,
  ...esRun,
  ...esKept,
  'newJob.title': 'Crear un job',
  'newJob.subtitle': 'El precio se retiene de tu saldo hasta que se liquide el resultado.',
};
