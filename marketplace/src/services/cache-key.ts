import { canonicalJson } from '@node3/shared/canonical-json';
import { MarketError } from '@node3/shared/error';
import type { JobSpec } from '@node3/shared/job-spec';
import { hashText } from './api-key.ts';

/**
 * Under which a result may be reused: what runs, with what and on what. Not what it is called, what is
 * paid for it or who may run it. null where the job does not ask for it.
 */
export function cacheKeyOf(spec: JobSpec): string | null {
  const { cache, workload, inputs, outputs, resources, network } = spec;
  // What an address gives today it need not give tomorrow.
  const isFixed = inputs.every(
    ({ source }) => source.kind !== 'url' || source.sha256 !== undefined,
  );
  if (cache === null || !isFixed || network !== undefined) return null;
  const kept = outputs === null ? {} : { outputs };
  return hashText(canonicalJson({ workload, inputs, resources, ...kept }));
}

/** A tag may mean another image tomorrow: a job has to say that it does not mind. */
export function checkCache({ cache, workload }: JobSpec): void {
  if (cache === null || cache.anyTag || workload.image.includes('@sha256:')) return;
  const detail = `needs an image pinned by digest, and ${workload.image} is a tag; or say "anyTag": true`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/cache', detail }] });
}

/** Naming a job twice would count it twice. */
export function checkAfter({ after }: JobSpec): void {
  const names = after.map(({ jobId }) => jobId);
  const index = names.findIndex((jobId, position) => names.indexOf(jobId) !== position);
  if (index < 0) return;
  const errors = [{ pointer: `/after/${index}/jobId`, detail: 'is named twice' }];
  throw new MarketError('REQUEST_INVALID', { errors });
}
