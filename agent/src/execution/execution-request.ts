import type { JobSecrets } from '@node3/shared/job-secrets';
import type { JobSpec } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { ExecutionDevice, ExecutionRequest, Workload } from '../executors/executor.ts';

export interface RequestFacts {
  offer: ExecutionOffer;
  spec: JobSpec;
  ownerId: string;
  devices: readonly ExecutionDevice[];
  secrets: JobSecrets;
}

/** Says in the executor's words what the job asks for. */
export function toExecutionRequest(facts: RequestFacts): ExecutionRequest {
  const { offer, spec, secrets } = facts;
  return {
    executionId: offer.executionId,
    jobId: offer.jobId,
    attempt: offer.attempt,
    agentId: facts.ownerId,
    workload: toWorkload(spec.workload, secrets.env),
    ...(Object.keys(secrets.files).length === 0 ? {} : { secretFiles: secrets.files }),
    // The others are fetched before the start, see fetch-inputs.ts.
    inputs: spec.inputs.flatMap(({ path, source, unpack }) =>
      source.kind === 'inline' && unpack !== true
        ? [{ path, content: Buffer.from(source.contentBase64, 'base64') }]
        : [],
    ),
    limits: {
      cpus: spec.resources.cpus,
      memoryBytes: spec.resources.memoryBytes,
      diskBytes: spec.resources.diskBytes,
      shmBytes: spec.resources.shmBytes,
      pidsMax: limits.pidsMax,
      runMs: spec.limits.runSec * 1000,
      logBytesMax: spec.limits.logBytes,
    },
    network: spec.network === undefined ? 'none' : { egressHosts: spec.network.hosts },
    devices: facts.devices,
  };
}

function toWorkload(workload: JobSpec['workload'], secretEnv: JobSecrets['env']): Workload {
  // The spec has masks where these belong.
  const env = { ...workload.env, ...secretEnv };
  if (workload.kind === 'script') {
    const { kind, language, code, image } = workload;
    return { kind, language, code, image, env, input: workload.input };
  }
  return {
    kind: 'container',
    image: workload.image,
    command: workload.command ?? null,
    entrypoint: workload.entrypoint ?? null,
    workdir: workload.workdir ?? null,
    env,
    stdin: workload.stdin ?? null,
  };
}
