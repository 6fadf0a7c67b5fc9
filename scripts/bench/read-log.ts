import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Requester } from '../dev-network.ts';

/** What a subscriber saw of a job's log. */
export interface SeenLog {
  bytesPerSec: number;
  /** How late lines came that are the time at which they were printed, milliseconds. */
  lateMs: number[];
  truncated: boolean;
}

/** Follows the log of a job as a program would, until the job ends. */
export async function readLog(
  marketplaceUrl: string,
  { apiKey }: Pick<Requester, 'apiKey'>,
  jobId: string,
): Promise<SeenLog> {
  const url = `${marketplaceUrl}/api/v1/jobs/${jobId}/logs?follow=true`;
  const headers = { authorization: `Bearer ${apiKey}`, accept: 'application/x-ndjson' };
  const { body } = await fetch(url, { headers });
  if (body === null) throw new Error('the log has no body');
  let [firstMs, lastMs, bytes, truncated] = [0, 0, 0, false];
  const lateMs: number[] = [];
  for await (const text of createInterface({ input: Readable.fromWeb(body as never) })) {
    const line = JSON.parse(text) as { stream?: string; text?: string };
    if (line.stream === 'system') truncated = true;
    if (line.stream !== 'stdout' || line.text === undefined) continue;
    lastMs = performance.now();
    if (firstMs === 0) firstMs = lastMs;
    bytes += line.text.length + 1;
    if (line.text.length < 32) lateMs.push(performance.timeOrigin + lastMs - Number(line.text));
  }
  return { bytesPerSec: (bytes / (lastMs - firstMs)) * 1_000, lateMs, truncated };
}
