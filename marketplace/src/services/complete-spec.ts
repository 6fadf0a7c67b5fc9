import { canonicalJson } from '@node3/shared/canonical-json';
import { MarketError } from '@node3/shared/error';
import { findModel } from '@node3/shared/gpu/normalise-model';
import {
  completeJobSpec,
  type DefaultImages,
  type JobSpec,
  type JobSpecInput,
} from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { hashText } from './api-key.ts';
import { withoutSealed } from './job-secrets.ts';
import { isDeeperThan } from './json-depth.ts';
import { checkPrice } from './price-job.ts';

/** The spec with every default filled in. Throws REQUEST_INVALID or AMOUNT_INVALID. */
export function completeSpec(input: JobSpecInput, images: DefaultImages): JobSpec {
  checkDepth(input);
  const spec = withCatalogueModels(completeJobSpec(input, images));
  checkPrice(spec);
  return spec;
}

/**
 * SHA-256 of a complete spec, hex: two that mean the same job hash the same. Secrets count by name,
 * and where a job comes from does not count: so a quote for the masked spec is one for the job.
 */
export function hashSpec(spec: JobSpec): string {
  return hashText(canonicalJson(withoutSealed(spec)));
}

/** Turns what people type (`RTX 4090`, `a100`) into catalogue ids; a family becomes all its models. */
function withCatalogueModels(spec: JobSpec): JobSpec {
  const { gpus } = spec.resources;
  if (gpus?.models === undefined) return spec;
  const models = gpus.models.flatMap((name, index) => {
    const { candidates } = findModel({ name, memoryBytes: null, pciModel: null });
    if (candidates.length > 0) return candidates;
    const pointer = `/resources/gpus/models/${index}`;
    const detail = `"${name}" is not a known GPU model; write it as its maker does, such as "RTX 4090"`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
  });
  return {
    ...spec,
    resources: { ...spec.resources, gpus: { ...gpus, models: [...new Set(models)] } },
  };
}

/** A script's input may be any JSON, but it has to be written down again. */
export function checkDepth({ workload }: JobSpecInput): void {
  const input = workload.kind === 'script' ? workload.input : null;
  if (!isDeeperThan(input, limits.jsonDepthMax)) return;
  const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/workload/input', detail }] });
}
