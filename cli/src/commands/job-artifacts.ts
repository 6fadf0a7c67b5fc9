import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import { type Context, connect } from '../context.ts';
import { type Column, formatTable, formatTsv } from '../output/table.ts';
import { bytesText } from '../output/words.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

type Artifact = Awaited<ReturnType<typeof askArtifacts>>[number];

/** What a job has made and the marketplace still keeps, by name. */
export async function askArtifacts(context: Context, jobId: string) {
  const client = connect(context, 'requester');
  const { data } = await client.call(listJobArtifacts, { params: { jobId } });
  return data.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

export async function showArtifacts(context: Context, call: Call<object>): Promise<number> {
  const { terminal, host } = context;
  const data = await askArtifacts(context, requireJobId(call.args[0]));
  if (terminal.json) {
    await terminal.object({ data });
    return 0;
  }
  if (data.length === 0) await terminal.talk('No files: it made none, or they were removed.');
  const lines = host.stdout.isTty
    ? formatTable(columnsFor(bytesText), data)
    : formatTsv(columnsFor(String), data);
  if (data.length > 0) for (const line of lines) await terminal.data(line);
  return 0;
}

function columnsFor(sizeText: (bytes: number) => string): Column<Artifact>[] {
  return [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'SIZE', align: 'right', value: ({ bytes }) => sizeText(bytes) },
    { title: 'KEPT UNTIL', value: ({ expiresAt }) => expiresAt },
    { title: 'SHA256', value: ({ sha256 }) => sha256 },
  ];
}
