import type { AgentSecretKey } from '@node3/shared/device';
import { boxContext, countSecretBytes, type JobSecrets } from '@node3/shared/job-secrets';
import type { JobOrigin, JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { sealBox } from '@node3/shared/sealed-box';
import { secretMask } from '@node3/shared/secret-mask';
import type { JobRow } from '../store/rows.ts';
import { invalid } from './check-template.ts';
import { originNow } from './origin-now.ts';
import type { SecretSealer } from './secret-sealer.ts';

/** What a job has that its requester's spec does not say. */
export interface JobExtras {
  /**
   * Environment values that nobody but the agent that runs the job may see. The spec has a
   * mask in their place.
   */
  secretEnv?: Record<string, string> | undefined;
  /** Values of declared secrets for which the spec has the mask. */
  secrets?: Record<string, string> | undefined;
  /** Values of which those may be made, for logs to show none of them. */
  secretParts?: readonly string[] | undefined;
  origin?: JobOrigin | undefined;
}

/**
 * Everything secret of a job, in plain. Throws REQUEST_INVALID for a mask without a value, and for more
 * than agents can keep out of logs.
 */
export function readSecrets(
  { workload, secrets = {} }: Pick<JobSpecInput, 'workload' | 'secrets'>,
  extras: JobExtras,
): JobSecrets {
  const all: JobSecrets = {
    env: { ...extras.secretEnv },
    files: {},
    parts: [...(extras.secretParts ?? [])],
  };
  for (const [name, { value, as = 'file' }] of Object.entries(secrets)) {
    const known = value === secretMask ? extras.secrets?.[name] : value;
    if (known === undefined) {
      const detail = `is the mask ${secretMask}; give the value itself`;
      throw invalid([{ pointer: `/secrets/${name}/value`, detail }]);
    }
    if (as === 'file') all.files[name] = known;
    else {
      checkFree(name, workload);
      all.env[name] = known;
    }
  }
  checkSize(all);
  return all;
}

function checkSize(all: JobSecrets): void {
  const bytes = countSecretBytes(all);
  if (bytes <= limits.secretBytesPerJob) return;
  const detail =
    `have ${bytes} bytes together, and no more than ${limits.secretBytesPerJob} can be kept out of ` +
    'logs; put what is larger into an encrypted input, and only its key here';
  throw invalid([{ pointer: '/secrets', detail }]);
}

/** Two values for one variable: which one would it be? */
function checkFree(name: string, { env = {} }: JobSpecInput['workload']): void {
  if (!Object.hasOwn(env, name) || env[name] === secretMask) return;
  const detail = `is a variable of workload.env too; leave it out there, or name the secret otherwise`;
  throw invalid([{ pointer: `/secrets/${name}`, detail }]);
}

export function isWithoutSecrets({ env, files }: JobSecrets): boolean {
  return Object.keys(env).length === 0 && Object.keys(files).length === 0;
}

/** Whether only an agent with a key for secrets can run the job. */
export function hasSecrets({ secrets, sealedEnv, sealedFiles }: JobSpec): boolean {
  return secrets !== undefined || sealedEnv !== undefined || sealedFiles !== undefined;
}

/** The spec as it is stored with a job: secrets sealed for this job alone. */
export function storedSpec(
  sealer: SecretSealer,
  jobId: string,
  spec: JobSpec,
  { secrets, origin }: { secrets: JobSecrets; origin?: JobOrigin | undefined },
): JobSpec {
  const sealed = (kind: Kind, values: Record<string, string>) =>
    mapped(values, (value, name) => sealer.seal(contextOf(jobId, kind, name), value));
  const { env, files, parts } = secrets;
  return {
    ...spec,
    ...(Object.keys(env).length === 0 ? {} : { sealedEnv: sealed('env', env) }),
    ...(Object.keys(files).length === 0 ? {} : { sealedFiles: sealed('file', files) }),
    ...(parts.length === 0 ? {} : { sealedParts: Object.values(sealed('part', byPlace(parts))) }),
    ...originNow(origin),
  };
}

/** The secrets of a stored job in plain: for its agent, and for a job that repeats it. */
export function openSecrets(
  sealer: SecretSealer,
  { jobId, spec }: Pick<JobRow, 'jobId' | 'spec'>,
): JobSecrets {
  const opened = (kind: Kind, values: Record<string, string> = {}) =>
    mapped(values, (value, name) => sealer.open(contextOf(jobId, kind, name), value));
  return {
    env: opened('env', spec.sealedEnv),
    files: opened('file', spec.sealedFiles),
    parts: Object.values(opened('part', byPlace(spec.sealedParts ?? []))),
  };
}

/** A spec without what the marketplace has added to it. */
export function withoutSealed(
  spec: JobSpec,
): Omit<JobSpec, 'sealedEnv' | 'sealedFiles' | 'sealedParts' | 'origin'> {
  const { sealedEnv: _env, sealedFiles: _files, sealedParts: _parts, origin: _, ...asked } = spec;
  return asked;
}

/** The part of an offer that only this agent opens, and only for this execution; none for no secrets. */
export function sealedOffer(
  sealer: SecretSealer,
  job: Pick<JobRow, 'jobId' | 'spec'>,
  executionId: string,
  key: AgentSecretKey | null,
): Pick<ExecutionOffer, 'secrets'> {
  const { sealedEnv, sealedFiles } = job.spec;
  if (sealedEnv === undefined && sealedFiles === undefined) return {};
  // An agent that has lost its key since it was chosen opens nothing, and gives the job back.
  if (key === null) return { secrets: { keyId: '', box: '' } };
  const text = JSON.stringify(openSecrets(sealer, job));
  const box = sealBox(key.publicKey, boxContext(executionId), text);
  return { secrets: { keyId: key.keyId, box } };
}

function byPlace(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [String(index), value]));
}

type Kind = 'env' | 'file' | 'part';

function contextOf(jobId: string, kind: Kind, name: string): string {
  return `job:${jobId}:${kind}:${name}`;
}

function mapped(
  values: Record<string, string>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  const entries = Object.entries(values).map(([name, value]) => [name, change(value, name)]);
  return Object.fromEntries(entries) as Record<string, string>;
}
