import { MarketError } from '@node3/shared/error';

/** Hodei posts its jobs to the same path as we have; whoever does so here should hear where to. */
export function refuseHodeiJob(body: unknown): void {
  const { spec, workload } = Object(body) as { spec?: unknown; workload?: unknown };
  if (spec === undefined || workload !== undefined) return;
  const fix = 'Post it to /hodei/api/v1/jobs: let the client’s base URL end in /hodei.';
  const detail = 'is how Hodei writes a job; here a job has a workload and a price';
  throw new MarketError('REQUEST_INVALID', {
    detail: `This is a job of Hodei. ${fix}`,
    errors: [{ pointer: '/spec', detail, fix }],
  });
}
