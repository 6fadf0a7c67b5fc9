import type { Ids } from '@node3/shared/ids';
import { hashText } from './api-key.ts';

/** The label by which the copies of a posting are found and cancelled. */
const fanOutLabel = 'fan-out';

export interface FanOut {
  copies: number;
  /** The value of the label; the same for the same posting, however often it is sent. */
  group: string;
}

/** @param idempotencyKey of the posting; null where it has none and every sending is a new one. */
export function openFanOut(
  { ids }: { ids: Ids },
  accountId: string,
  copies: number,
  idempotencyKey: string | null,
): FanOut {
  const group =
    idempotencyKey === null
      ? ids.next('fanOut')
      : `fan_${hashText(`${accountId} ${idempotencyKey}`).slice(0, 26)}`;
  return { copies, group };
}

/**
 * Each job so many times, copies of one next to each other. A copy learns which it is from `JOB_INDEX`
 * (from 0) and `JOB_COUNT`. What is no job is left as it is, for whoever checks it.
 */
export function* copiesOf(specs: readonly unknown[], { copies, group }: FanOut): Generator {
  for (const spec of specs) {
    for (let index = 0; index < copies; index += 1) yield copyOf(spec, { index, copies, group });
  }
}

function copyOf(spec: unknown, { index, copies, group }: FanOut & { index: number }): unknown {
  const workload = isRecord(spec) ? spec['workload'] : null;
  if (!isRecord(spec) || !isRecord(workload)) return spec;
  const [env, labels] = [workload['env'] ?? {}, spec['labels'] ?? {}];
  if (!isRecord(env) || !isRecord(labels)) return spec;
  return {
    ...spec,
    labels: { ...labels, [fanOutLabel]: group },
    workload: { ...workload, env: { ...env, JOB_INDEX: `${index}`, JOB_COUNT: `${copies}` } },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
