import type { JobInput } from '@node3/shared/job-files';
import type { JobSpec } from '@node3/shared/job-spec';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { toCommand, toRequirements, urlsOf } from '../definition-of-job.ts';
import { indexOfDevice } from './worker-offer.ts';

/** hodei.RunJob of an offer. @param marketplaceUrl where the files of the job are. */
export function toRunJob(offer: ExecutionOffer, marketplaceUrl: string): object {
  // The wire leaves the spec open for newer fields; what we offer is our own.
  const spec = offer.spec as JobSpec;
  const { workload, limits } = spec;
  const isContainer = workload.kind === 'container';
  const input = workload.kind === 'script' ? workload.input : undefined;
  return {
    job_id: offer.jobId,
    command: toCommand(spec),
    env: workload.env ?? {},
    inputs: urlsOf(spec),
    timeout_ms: limits.runSec * 1_000,
    working_dir: (isContainer ? workload.workdir : undefined) ?? '',
    stdin: (isContainer ? workload.stdin : undefined) ?? '',
    image: workload.image,
    requirements: toRequirements(spec),
    gpu_indexes: offer.deviceIds.map(indexOfDevice),
    attempt: offer.attempt,
    input_json: input === undefined ? '' : JSON.stringify(input),
    files: {
      marketplace_url: marketplaceUrl,
      execution_id: offer.executionId,
      attempt: offer.attempt,
      lease_token: offer.leaseToken,
      inputs: spec.inputs.map(toInputFile),
      outputs: (spec.outputs ?? []).map(({ path, required = true }) => ({ path, required })),
      keep_all: spec.outputs === null,
    },
  };
}

function toInputFile({ path, unpack = false, source }: JobInput): object {
  const file = { path, unpack };
  if (source.kind === 'url') return { ...file, url: source.url, sha256: source.sha256 ?? '' };
  if (source.kind === 'artifact') return { ...file, artifact_id: source.artifactId };
  return { ...file, content: Buffer.from(source.contentBase64, 'base64') };
}
