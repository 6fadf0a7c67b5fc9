import { limits } from '@node3/shared/limits';
import {
  createJobLink,
  type JobLink,
  linkParts,
  listJobLinks,
  revokeJobLink,
} from '@node3/shared/routes/job-links';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds } from '../parse/duration.ts';
import { requireJobId } from '../parse/job-id.ts';
import { requireId } from '../parse/resource-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface ShareOptions {
  only?: string;
  artifact?: string;
  expires?: string;
  uses?: string;
  list?: boolean;
  revoke?: string;
}

/** `node3 share`: makes a link to a job, lists them, or makes one void. */
export async function shareOwnJob(
  context: Context,
  { args, options }: Call<ShareOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const params = { jobId: requireJobId(args[0]) };
  const client = connect(context, 'requester');
  if (options.list === true) {
    const none = `No links. Make one: ${host.command} share ${params.jobId}`;
    await printRows(context, await client.call(listJobLinks, { params }), columns, none);
    return 0;
  }
  if (options.revoke !== undefined) {
    const linkId = requireId('link', options.revoke, `${host.command} share JOB --list`);
    const link = await client.call(revokeJobLink, { params: { ...params, linkId } });
    await (terminal.json ? terminal.object(link) : terminal.data(`${linkId}  revoked`));
    return 0;
  }
  const made = await client.call(createJobLink, { params, body: readShare(context, options) });
  const url = context.url + made.url;
  if (terminal.json) await terminal.object({ ...made, url });
  else {
    await terminal.data(url);
    await terminal.talk(`until ${made.expiresAt}; void at once with --revoke ${made.linkId}`);
  }
  return 0;
}

function readShare({ host }: Context, { only, artifact, expires, uses }: ShareOptions) {
  const fix = `${host.command} job files JOB lists the files of a job.`;
  if (only !== undefined && artifact !== undefined) {
    throw usageError('--only and --artifact say different things.', 'Leave one of them out.');
  }
  return {
    ...(only !== undefined && {
      shows: only.split(',').map((part) => choose('--only', part.trim(), linkParts)),
    }),
    ...(artifact !== undefined && { artifactId: requireId('artifact', artifact, fix) }),
    ...(expires !== undefined && { expiresSec: boundedExpiry(expires) }),
    ...(uses !== undefined && {
      usesMax: parseWholeNumber('--uses', uses, { min: 1, max: limits.linkUsesMax }),
    }),
  };
}

function boundedExpiry(text: string): number {
  const seconds = parseSeconds('--expires', text);
  if (seconds <= limits.jobLinkSecMax) return seconds;
  const days = limits.jobLinkSecMax / 86_400;
  throw usageError(`--expires is ${text}, which is too long.`, `At most ${days} days.`);
}

const columns: Column<JobLink>[] = [
  { title: 'LINK', value: (row) => row.linkId },
  { title: 'SHOWS', value: (row) => row.artifactId ?? row.shows.join(',') },
  { title: 'USES', align: 'right', value: (row) => `${row.uses}/${row.usesMax ?? '-'}` },
  { title: 'EXPIRES', value: (row) => row.expiresAt },
  { title: 'REVOKED', value: (row) => row.revokedAt ?? '-' },
];
