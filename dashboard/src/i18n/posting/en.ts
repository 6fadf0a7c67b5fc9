import { enForm } from './en-form.ts';
import { enKept } from './en-kept.ts';
import { enRun } from './en-run.ts';

export const en = {
  ...enForm,
  ...enRun,
  ...enKept,
  'newJob.title': 'New job',
  'newJob.subtitle': 'The price is held from your balance until the result is settled.',
};
