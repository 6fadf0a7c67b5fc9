import { isMarketError, MarketError } from '@node3/shared/error';
import type { DefaultImages, JobSpecInput } from '@node3/shared/job-spec';
import type { CreateSchedule, ScheduleTargetView } from '@node3/shared/routes/schedules';
import { secretMask } from '@node3/shared/secret-mask';
import type { ParameterValues } from '@node3/shared/template';
import type { ScheduleTarget } from '../store/schedule-store.ts';
import type { TemplateStore } from '../store/template-store.ts';
import { invalid } from './check-template.ts';
import { completeSpec } from './complete-spec.ts';
import { fillTemplate } from './fill-template.ts';
import { readSecrets } from './job-secrets.ts';
import { findOwnTemplate, findVersion } from './manage-templates.ts';
import type { SecretSealer } from './secret-sealer.ts';

interface Deps {
  store: TemplateStore;
  sealer: SecretSealer;
  defaultImages: DefaultImages;
}

/** What a new schedule will post, checked as posting would check it today. */
export async function readTarget(
  deps: Deps,
  owner: { accountId: string; scheduleId: string },
  { jobSpec, template }: Pick<CreateSchedule, 'jobSpec' | 'template'>,
): Promise<ScheduleTarget> {
  if ((jobSpec === undefined) === (template === undefined)) {
    const detail = 'give exactly one of jobSpec and template';
    throw invalid([{ pointer: jobSpec === undefined ? '/jobSpec' : '/template', detail }]);
  }
  if (jobSpec !== undefined) {
    within('/jobSpec', () => completeSpec(jobSpec, deps.defaultImages));
    return sealTarget(deps.sealer, owner.scheduleId, jobSpec);
  }
  const { templateId = '', version, parameters = {} } = template ?? {};
  const row = await findOwnTemplate(deps, owner.accountId, templateId);
  if (row.archivedAtMs !== null) throw new MarketError('TEMPLATE_ARCHIVED', { templateId });
  const content = await findVersion(deps, row, version);
  within('/template', () =>
    completeSpec(fillTemplate(content, { parameters }).spec, deps.defaultImages),
  );
  const secret = new Set(
    content.parameters.filter(({ type }) => type === 'secret').map(({ name }) => name),
  );
  const given = Object.entries(parameters);
  const sealed = given
    .filter(([name]) => secret.has(name))
    .map(([name, value]) => [
      name,
      deps.sealer.seal(contextOf(owner.scheduleId, name), String(value)),
    ]);
  return {
    kind: 'template',
    templateId,
    version: content.version,
    parameters: Object.fromEntries(given.filter(([name]) => !secret.has(name))),
    sealed: Object.fromEntries(sealed),
  };
}

function sealTarget(
  sealer: SecretSealer,
  scheduleId: string,
  spec: JobSpecInput,
): ScheduleTarget & { kind: 'job' } {
  const { env, files } = readSecrets(spec, {});
  const values = { ...env, ...files };
  if (spec.secrets === undefined || Object.keys(values).length === 0) return { kind: 'job', spec };
  const masked = Object.entries(spec.secrets).map(([name, secret]) => [
    name,
    { ...secret, value: secretMask },
  ]);
  const sealed = Object.entries(values).map(([name, value]) => [
    name,
    sealer.seal(secretContext(scheduleId, name), value),
  ]);
  return {
    kind: 'job',
    spec: { ...spec, secrets: Object.fromEntries(masked) },
    sealed: Object.fromEntries(sealed),
  };
}

/** The declared secrets of a stored schedule, in plain. */
export function openScheduledSecrets(
  sealer: SecretSealer,
  scheduleId: string,
  { sealed = {} }: ScheduleTarget & { kind: 'job' },
): Record<string, string> {
  const opened = Object.entries(sealed).map(([name, text]) => [
    name,
    sealer.open(secretContext(scheduleId, name), text),
  ]);
  return Object.fromEntries(opened);
}

/** All parameters of a stored schedule, the secret ones in plain. */
export function openParameters(
  sealer: SecretSealer,
  scheduleId: string,
  { parameters, sealed }: ScheduleTarget & { kind: 'template' },
): ParameterValues {
  const secrets = Object.entries(sealed).map(([name, text]) => [
    name,
    sealer.open(contextOf(scheduleId, name), text),
  ]);
  return { ...parameters, ...Object.fromEntries(secrets) };
}

export function viewTarget(target: ScheduleTarget): ScheduleTargetView {
  if (target.kind === 'job') return { kind: 'job', spec: withoutValues(target.spec) };
  const { sealed, ...shown } = target;
  const masks = Object.keys(sealed).map((name) => [name, secretMask]);
  return { ...shown, parameters: { ...shown.parameters, ...Object.fromEntries(masks) } };
}

/** As in the view of a job: environment values may be secrets of whoever typed them there. */
function withoutValues(spec: (ScheduleTarget & { kind: 'job' })['spec']): unknown {
  const { env } = spec.workload;
  if (env === undefined) return spec;
  const hidden = Object.fromEntries(Object.keys(env).map((name) => [name, '[hidden]']));
  return { ...spec, workload: { ...spec.workload, env: hidden } };
}

/** Turns pointers into a part of the body into pointers into the body. */
function within(prefix: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!isMarketError(error, 'REQUEST_INVALID')) throw error;
    const { errors = [] } = error.context;
    throw invalid(errors.map((one) => ({ ...one, pointer: prefix + one.pointer })));
  }
}

function secretContext(scheduleId: string, name: string): string {
  return `schedule:${scheduleId}:secret:${name}`;
}

function contextOf(scheduleId: string, name: string): string {
  return `schedule:${scheduleId}:parameter:${name}`;
}
