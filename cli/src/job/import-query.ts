import { type ImportFormat, importFormats } from '@node3/shared/import/import-formats';
import type { ImportQuery } from '@node3/shared/routes/job-import';
import { usageError } from '../command-error.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds } from '../parse/duration.ts';
import { parseGpuSpec } from '../parse/gpu-spec.ts';
import { buildPrice, type PriceOptions } from './build-spec.ts';

/** What no document of another system says. */
export interface ImportTerms extends PriceOptions {
  from?: string;
  timeout?: string;
  gpu?: string;
  market?: string;
  allowHosts?: string;
}

/** The options in the words of the request. */
export function importQuery(options: ImportTerms): ImportQuery {
  const { from, timeout, gpu, market, allowHosts } = options;
  const price = buildPrice(options);
  return {
    ...(from === undefined ? {} : { format: choose<ImportFormat>('--from', from, importFormats) }),
    ...(timeout === undefined
      ? {}
      : { timeoutMinutes: Math.ceil(parseSeconds('--timeout', timeout) / 60) }),
    ...(gpu === undefined ? {} : gpuQuery(gpu)),
    ...(market === undefined ? {} : { market }),
    ...(allowHosts === undefined ? {} : { allowHosts }),
    ...(price.kind === 'fixed'
      ? { reward: price.reward.amount, asset: price.reward.asset }
      : { bid: price.bidPerGpuHour.amount, cap: price.cap.amount, asset: sameAsset(price) }),
  };
}

function gpuQuery(text: string): ImportQuery {
  const { count, models, ...rest } = parseGpuSpec(text);
  if (Object.keys(rest).length > 0) {
    const fix = 'Write models and a count, such as rtx-4090 or a100,h100:2.';
    throw usageError(`--gpu "${text}" says more than a document takes.`, fix);
  }
  return { gpuCount: count, ...(models === undefined ? {} : { gpu: models.join(',') }) };
}

function sameAsset({
  bidPerGpuHour,
  cap,
}: Extract<ReturnType<typeof buildPrice>, { kind: 'metered' }>) {
  if (bidPerGpuHour.asset === cap.asset) return cap.asset;
  throw usageError('--bid and --cap are in different assets.', 'Write both in one, such as USDC.');
}
