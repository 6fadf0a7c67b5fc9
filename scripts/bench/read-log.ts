import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

/** Where the log of a job is, and the key that may read it. */
export interface JobLog {
  marketplaceUrl: string;
  apiKey: string;
  jobId: string;
}

/** Follows a log as text to the end of its job, and looks at nothing but its bytes. */
export async function readText(log: JobLog): Promise<{ bytes: number; bytesPerSec: number }> {
  let [firstMs, lastMs, bytes] = [0, 0, 0];
  for await (const chunk of (await openLog(log, 'text/plain')) as AsyncIterable<Buffer>) {
    lastMs = performance.now();
    if (firstMs === 0) firstMs = lastMs;
    bytes += chunk.length;
  }
  return { bytes, bytesPerSec: (bytes / (lastMs - firstMs)) * 1_000 };
}

/**
 * Follows a log line by line, as a program would, until the job ends.
 * @returns how late lines came that are the time at which they were printed, milliseconds.
 */
export async function readLateness(log: JobLog): Promise<number[]> {
  const body = await openLog(log, 'application/x-ndjson');
  const lateMs: number[] = [];
  for await (const text of createInterface({ input: body })) {
    const line = JSON.parse(text) as { stream?: string; text?: string };
    if (line.stream !== 'stdout' || line.text === undefined) continue;
    lateMs.push(performance.timeOrigin + performance.now() - Number(line.text));
  }
  return lateMs;
}

/** By the same plain HTTP by which the engine is read. */
async function openLog(
  { marketplaceUrl, apiKey, jobId }: JobLog,
  accept: string,
): Promise<IncomingMessage> {
  const url = `${marketplaceUrl}/api/v1/jobs/${jobId}/logs?follow=true`;
  const request = get(url, { headers: { authorization: `Bearer ${apiKey}`, accept } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`the log answered ${answer.statusCode}`);
  return answer;
}
