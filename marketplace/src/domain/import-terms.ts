import { MarketError } from '@node3/shared/error';
import type { ImportOptions } from '@node3/shared/import/imported-job';
import type { GpuRequirement, Price } from '@node3/shared/job-spec';
import type { ImportQuery } from '@node3/shared/routes/job-import';

/** What whoever imports a document says beside it, in the importers' words. */
export function importOptionsOf(query: ImportQuery): ImportOptions {
  const { timeoutMinutes, market, allowHosts } = query;
  const gpus = gpusOf(query);
  return {
    ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
    ...(market === undefined ? {} : { market }),
    ...(allowHosts === undefined ? {} : { allowHosts: wordsOf(allowHosts) }),
    ...(gpus === null ? {} : { gpus }),
  };
}

function gpusOf({ gpu, gpuCount }: ImportQuery): GpuRequirement | null {
  const models = wordsOf(gpu ?? '');
  if (gpuCount === undefined && models.length === 0) return null;
  if (models.length > modelsMax || models.some((model) => model.length > modelChars)) {
    const detail = `must be at most ${modelsMax} models of ${modelChars} characters`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/gpu', detail }] });
  }
  return { count: gpuCount ?? 1, ...(models.length === 0 ? {} : { models }) };
}

/** As a job's own list of models has. */
const modelsMax = 16;
const modelChars = 64;

function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** What each job costs at most; null where nothing is said. Throws REQUEST_INVALID for half a price. */
export function importPriceOf({ reward, bid, cap, asset = 'SOL' }: ImportQuery): Price | null {
  if (reward !== undefined) {
    if (bid !== undefined || cap !== undefined) throw wrong('/reward', 'goes without bid and cap');
    return { kind: 'fixed', reward: { amount: reward, asset } };
  }
  if (bid === undefined && cap === undefined) return null;
  if (bid === undefined) throw wrong('/bid', 'is missing: cap bounds what the bid may come to');
  if (cap === undefined) throw wrong('/cap', 'is missing: say what a run may cost at most');
  return {
    kind: 'metered',
    bidPerGpuHour: { amount: bid, asset },
    cap: { amount: cap, asset },
  };
}

function wrong(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', {
    detail: `${pointer} ${detail}`,
    errors: [{ pointer, detail }],
  });
}
