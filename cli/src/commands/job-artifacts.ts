import { removalText } from '@node3/shared/artifact-removal';
import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { bytesText } from '../output/words.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

type Artifact = Awaited<ReturnType<typeof askArtifacts>>['data'][number];

/** What a job has made, what of it the marketplace still keeps and what it removed, by name. */
export async function askArtifacts(context: Context, jobId: string) {
  const client = connect(context, 'requester');
  const { data, removed } = await client.call(listJobArtifacts, { params: { jobId } });
  const byName = (one: { name: string }, other: { name: string }) =>
    one.name < other.name ? -1 : 1;
  return { data: data.toSorted(byName), removed: removed.toSorted(byName) };
}

export async function showArtifacts(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const { data, removed } = await askArtifacts(context, requireJobId(call.args[0]));
  if (terminal.json) {
    await terminal.object({ data, removed });
    return 0;
  }
  for (const file of removed) await terminal.talk(removalText(file));
  const columns = columnsFor(terminal.format === 'tsv' ? String : bytesText);
  await printRows(context, { data }, columns, 'No files.');
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
