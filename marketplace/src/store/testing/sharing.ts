import type { NewEvent } from '@node3/shared/events';
import { describe, expect, it } from 'vitest';
import type { JobLinkRow } from '../job-link-store.ts';
import type { SnippetRow } from '../snippet-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

function newSnippet(world: World, accountId: string, name: string): SnippetRow {
  return {
    snippetId: world.ids.next('snippet'),
    accountId,
    name,
    description: null,
    language: 'python',
    code: 'print(1)',
    codeBytes: 8,
    defaults: { image: null, gpus: { count: 1 }, runSec: 60 },
    version: 1,
    createdAtMs: 5,
    updatedAtMs: 5,
  };
}

function newLink(world: World, jobId: string, accountId: string): JobLinkRow {
  return {
    linkId: world.ids.next('link'),
    accountId,
    jobId,
    shows: ['job', 'logs'],
    artifactId: null,
    createdAtMs: 10,
    expiresAtMs: 100,
    usesMax: null,
    uses: 0,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
}

function eventOf(accountId: string, name: NewEvent['name']): NewEvent {
  const ids = { jobId: null, executionId: null };
  return { name, atMs: 1, actor: 'requester', accountId, ...ids, reason: null, data: {} };
}

/** Uses each method of the store for snippets and links at least once. */
export async function liveThroughSharing(world: World, jobId: string): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount();
  const snippet = newSnippet(world, accountId, 'one');
  const { snippetId } = snippet;
  await store.createSnippet(snippet, 9, []);
  await store.snippetsOfAccount(accountId);
  await store.changeSnippet(snippetId, (row) => ({ snippet: { ...row, name: 'two' }, events: [] }));
  await store.deleteSnippet(snippetId, () => []);
  const link = newLink(world, jobId, accountId);
  await store.createJobLink(link, 1, []);
  await store.createJobLink({ ...newLink(world, jobId, accountId), createdAtMs: 200 }, 1, []);
  await store.linksOfJob(jobId);
  await store.useJobLink(link.linkId, 20);
  await store.revokeJobLink(link.linkId, 20, []);
  await store.revokeLinks(accountId, 20);
}

export function describeSharing(given: Given): void {
  describe('snippets', () => {
    it('are kept, changed and removed, with their events', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const snippet = newSnippet(world, accountId, 'hello');
      const { snippetId } = snippet;
      await world.store.createSnippet(snippet, 9, [eventOf(accountId, 'snippet.created')]);
      const store = await given.reopen();
      expect(await store.snippet(snippetId)).toEqual(snippet);
      const changed = { ...snippet, name: 'hi', code: 'x', codeBytes: 1, version: 2 };
      const events = [eventOf(accountId, 'snippet.changed')];
      const said = await store.changeSnippet(snippetId, (row) => {
        expect(row).toEqual(snippet);
        return { snippet: changed, events };
      });
      expect(said).toEqual(changed);
      expect(await store.snippet(snippetId)).toEqual(changed);
      const refusal = new Error('not as it was');
      const refused = store.changeSnippet(snippetId, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      const { code: _code, defaults: _defaults, ...listing } = changed;
      expect(await store.snippetsOfAccount(accountId)).toEqual([listing]);
      const removed = () => [eventOf(accountId, 'snippet.deleted')];
      await store.deleteSnippet(snippetId, removed);
      await store.deleteSnippet(snippetId, removed);
      expect(await store.snippet(snippetId)).toBeNull();
      const names = (await store.eventsAfter(0, 100)).map(({ name }) => name);
      expect(names.slice(-3)).toEqual(['snippet.created', 'snippet.changed', 'snippet.deleted']);
      const late = store.changeSnippet(snippetId, (row) => ({ snippet: row, events: [] }));
      await expect(late).rejects.toMatchObject({ code: 'SNIPPET_NOT_FOUND' });
    });

    it('have names of their own and a limit, for each account', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const other = await world.openAccount();
      const first = newSnippet(world, accountId, 'a');
      await store.createSnippet(first, 2, []);
      await store.createSnippet(newSnippet(world, other, 'a'), 2, []);
      const again = store.createSnippet(newSnippet(world, accountId, 'a'), 2, []);
      await expect(again).rejects.toMatchObject({
        code: 'SNIPPET_NAME_TAKEN',
        context: { snippetId: first.snippetId },
      });
      const second = newSnippet(world, accountId, 'b');
      await store.createSnippet(second, 2, []);
      const renamed = store.changeSnippet(second.snippetId, (row) => ({
        snippet: { ...row, name: 'a' },
        events: [],
      }));
      await expect(renamed).rejects.toMatchObject({ code: 'SNIPPET_NAME_TAKEN' });
      const third = store.createSnippet(newSnippet(world, accountId, 'c'), 2, []);
      await expect(third).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    });
  });

  describe('links to jobs', () => {
    it('are used so often, until they expire or are revoked', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const { jobId } = await world.post(accountId);
      const link = { ...newLink(world, jobId, accountId), usesMax: 2 };
      const { linkId } = link;
      await store.createJobLink(link, 9, [eventOf(accountId, 'link.created')]);
      expect(await store.jobLink(linkId)).toEqual(link);
      expect(await store.useJobLink(linkId, 100)).toBeNull();
      // Of many at once as many as are allowed, and no more.
      const used = await Promise.all([1, 2, 3, 4].map(() => store.useJobLink(linkId, 99)));
      expect(used.filter((row) => row !== null)).toHaveLength(2);
      expect(await store.jobLink(linkId)).toEqual({ ...link, uses: 2, lastUsedAtMs: 99 });
      const other = newLink(world, jobId, accountId);
      await store.createJobLink(other, 9, []);
      const revoked = await store.revokeJobLink(other.linkId, 50, []);
      expect(revoked).toEqual({ ...other, revokedAtMs: 50 });
      expect(await store.revokeJobLink(other.linkId, 60, [])).toEqual(revoked);
      expect(await store.useJobLink(other.linkId, 51)).toBeNull();
      expect(await store.useJobLink('lnk_none', 51)).toBeNull();
      expect(await store.revokeJobLink('lnk_none', 51, [])).toBeNull();
      const listed = (await store.linksOfJob(jobId)).map((row) => row.linkId);
      expect(listed).toEqual([other.linkId, linkId]);
    });

    it('make room once they ended, and are no more than a job may have', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const { jobId } = await world.post(accountId);
      const links = [1, 2, 3].map(() => newLink(world, jobId, accountId));
      const [first, second, third] = links;
      if (first === undefined || second === undefined || third === undefined) throw new Error();
      await store.createJobLink(first, 2, []);
      await store.createJobLink(second, 2, []);
      const full = store.createJobLink(third, 2, []);
      await expect(full).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
      await store.revokeJobLink(first.linkId, 20, []);
      await store.createJobLink(third, 2, []);
      expect(await store.jobLink(first.linkId)).toBeNull();
    });

    it('are all void when the links of the account are revoked', async () => {
      const { store, world } = given;
      const [accountId, other] = [await world.openAccount(), await world.openAccount()];
      const links = [];
      for (const owner of [accountId, other]) {
        const link = newLink(world, (await world.post(owner)).jobId, owner);
        await store.createJobLink(link, 9, []);
        links.push(link.linkId);
      }
      await store.revokeLinks(accountId, 30);
      const used = await Promise.all(links.map((linkId) => store.useJobLink(linkId, 31)));
      expect(used.map((row) => row?.uses ?? null)).toEqual([null, 1]);
    });
  });
}
