import type { ReplyOf, RouteContract } from '@node3/shared/contract';
import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import * as links from '@node3/shared/routes/job-links';
import * as snippets from '@node3/shared/routes/snippets';

type Ask = (contract: RouteContract, apiKey: string | null, args: object) => Promise<unknown>;

/** Asks every endpoint for snippets once. */
export async function askSnippets(ask: Ask, apiKey: string): Promise<void> {
  const body = { name: 'hello', language: 'python', code: 'print(1)', gpus: { count: 1 } };
  const created = await ask(snippets.createSnippet, apiKey, { body });
  const { snippetId } = created as snippets.SnippetDetail;
  const params = { snippetId };
  await ask(snippets.listSnippets, apiKey, { query: { q: 'HELL' } });
  await ask(snippets.getSnippet, apiKey, { params });
  await ask(snippets.putSnippet, apiKey, { params, body: { ...body, image: 'python:3.12' } });
  const price = { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } };
  await ask(snippets.runSnippet, apiKey, { params, body: { overrides: { price } } });
  await ask(snippets.deleteSnippet, apiKey, { params });
}

/** Asks every endpoint for links to a job once. @param jobId of one that has made a file. */
export async function askSharing(ask: Ask, apiKey: string, jobId: string): Promise<void> {
  const params = { jobId };
  const made = (await ask(links.createJobLink, apiKey, { params, body: {} })) as links.NewJobLink;
  const { linkId, url } = made;
  const query = Object.fromEntries(new URL(url, 'http://x').searchParams);
  const open = (contract: RouteContract, more: object = {}) =>
    ask(contract, null, { params: { linkId, ...more }, query });
  await open(links.getSharedJob);
  await open(links.getSharedLogs);
  await open(links.listSharedArtifacts);
  type Files = ReplyOf<typeof listJobArtifacts>;
  const { data } = (await ask(listJobArtifacts, apiKey, { params })) as Files;
  await open(links.downloadSharedArtifact, { artifactId: data[0]?.artifactId });
  await ask(links.listJobLinks, apiKey, { params });
  await ask(links.revokeJobLink, apiKey, { params: { jobId, linkId } });
}
