import type { Client } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import {
  type CreateSchedule,
  catchUps,
  createSchedule,
  overlaps,
} from '@node3/shared/routes/schedules';
import { getTemplate } from '@node3/shared/routes/templates';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { buildJobSpec, type JobOptions } from '../job/build-spec.ts';
import { readWorkload, type WorkloadOptions } from '../job/read-workload.ts';
import { withSizes } from '../job/size-job.ts';
import { choose } from '../parse/choose.ts';
import { readTemplateParameters } from '../parse/template-parameters.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { formatSchedule, localTimezone } from './schedules.ts';
import { parseVersion, requireTemplateId } from './templates.ts';

export interface CreateScheduleOptions extends JobOptions, WorkloadOptions {
  cron: string;
  timezone?: string;
  template?: string;
  parameter?: string[];
  of?: string;
  overlap: string;
  catchUp: string;
  failuresMax: string;
  until?: string;
}

/** Options that would change nothing about a job of a template. */
const ofCommand = [
  'gpu',
  'cpus',
  'memory',
  'disk',
  'timeout',
  'name',
  'label',
  'priority',
  'isolation',
  'region',
  'agent',
  'provider',
  'strategy',
  'interruptible',
  'bid',
  'cap',
  'image',
  'env',
  'input',
] as const;

export async function createOwnSchedule(
  context: Context,
  call: Call<CreateScheduleOptions>,
): Promise<number> {
  const { terminal } = context;
  const { options } = call;
  const [name = '', ...operands] = call.args;
  const client = connect(context, 'requester');
  const bounds = { min: 1, max: limits.scheduleFailuresMax };
  const body: CreateSchedule = {
    name,
    cron: options.cron,
    timezone: options.timezone ?? localTimezone(),
    overlap: choose('--overlap', options.overlap, overlaps),
    catchUp: choose('--catch-up', options.catchUp, catchUps),
    failuresMax: parseWholeNumber('--failures-max', options.failuresMax, bounds),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(await readTarget(context, client, operands, options)),
  };
  const idempotencyKey = chooseKey(context);
  const creating = client.call(createSchedule, { body }, { idempotencyKey });
  const schedule = await namingKey(idempotencyKey, creating);
  if (terminal.json) await terminal.object(schedule);
  else for (const line of formatSchedule(schedule)) await terminal.data(line);
  return 0;
}

async function readTarget(
  context: Context,
  client: Client,
  operands: readonly string[],
  options: CreateScheduleOptions,
): Promise<Pick<CreateSchedule, 'jobSpec' | 'template'>> {
  const { host } = context;
  if (options.template === undefined) {
    if (options.parameter !== undefined || options.of !== undefined) {
      throw usageError('-p and --of belong to a template.', 'Name it with --template ID.');
    }
    const workload = await readWorkload(host, operands, options);
    return { jobSpec: buildJobSpec(workload, await withSizes(context, workload, options)) };
  }
  if (operands.length > 0) {
    const fix = 'Leave out the command, or --template.';
    throw usageError('A schedule of a template takes no command.', fix);
  }
  const unused = ofCommand.find((name) => options[name] !== undefined);
  if (unused !== undefined) {
    const fix = 'Leave it out; the template says what the job is.';
    throw usageError(`--${unused} belongs to a command.`, fix);
  }
  const templateId = requireTemplateId(context, options.template);
  const query = parseVersion(options.of);
  const template = await client.call(getTemplate, { params: { templateId }, query });
  const pairs = options.parameter ?? [];
  const parameters = await readTemplateParameters(host, template.parameters, pairs);
  return { template: { templateId, version: template.version, parameters } };
}
