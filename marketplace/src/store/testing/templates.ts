import type { NewEvent } from '@node3/shared/events';
import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import type { GalleryQuery, TemplateRow } from '../template-store.ts';
import type { World } from './world.ts';

function newTemplate(world: World, accountId: string): TemplateRow {
  return {
    templateId: world.ids.next('template'),
    accountId,
    name: 'nightly',
    description: null,
    version: 1,
    createdAtMs: world.nowMs,
    archivedAtMs: null,
    visibility: 'private',
    tags: [],
    uses: 0,
    hiddenAtMs: null,
  };
}

const content = (text: string, createdAtMs = 7) => ({
  spec: { name: text, workload: { kind: 'container' } },
  parameters: [{ name: 'text', type: 'string' as const }],
  createdAtMs,
});

const idsOf = (rows: readonly TemplateRow[]) => rows.map(({ templateId }) => templateId);

function eventOf(accountId: string, name: NewEvent['name']): NewEvent {
  const ids = { jobId: null, executionId: null };
  return { name, atMs: 1, actor: 'requester', accountId, ...ids, reason: null, data: {} };
}

/** Uses each method of the store for templates at least once. */
export async function liveThroughTemplates(world: World): Promise<void> {
  const { store } = world;
  const accountId = await world.openAccount();
  const template = newTemplate(world, accountId);
  const { templateId } = template;
  await store.createTemplate(template, content('one'), 9, []);
  await store.addTemplateVersion(templateId, content('two'), 9, () => []);
  await store.template(templateId);
  await store.templateVersion(templateId, 1);
  const page = { accountId, beforeTemplateId: null, limit: 9 };
  await store.listTemplates({ ...page, archived: 'with' });
  await store.listTemplates({ ...page, archived: 'without' });
  await store.changeTemplate(templateId, (row) => ({ template: row, events: [] }));
  await store.listGallery({ q: null, tag: null, after: null, sort: 'newest', limit: 9 });
  await store.listGallery({ q: null, tag: null, after: null, sort: 'uses', limit: 9 });
  await store.archiveTemplate(templateId, 1, []);
}

export function describeTemplates(given: Given): void {
  describe('templates', () => {
    it('have versions that stay what they were', async () => {
      const { world } = given;
      const accountId = await world.openAccount();
      const template = newTemplate(world, accountId);
      const { templateId } = template;
      const created = [eventOf(accountId, 'template.created')];
      await world.store.createTemplate(template, content('one'), 9, created);
      const added = await world.store.addTemplateVersion(templateId, content('two', 8), 9, () => [
        eventOf(accountId, 'template.versioned'),
      ]);
      expect(added).toEqual({ ...template, version: 2 });
      const store = await given.reopen();
      expect(await store.template(templateId)).toEqual(added);
      const first = await store.templateVersion(templateId, 1);
      expect(first).toEqual({ templateId, version: 1, ...content('one') });
      expect(await store.templateVersion(templateId, 2)).toMatchObject(content('two', 8));
      expect(await store.templateVersion(templateId, 3)).toBeNull();
      expect(await store.template('tpl_none')).toBeNull();
      const names = (await store.eventsAfter(0, 100)).map(({ name }) => name);
      expect(names.slice(-2)).toEqual(['template.created', 'template.versioned']);
    });

    it('give each of many versions at once its own number, up to the limit', async () => {
      const { store, world } = given;
      const template = newTemplate(world, await world.openAccount());
      await store.createTemplate(template, content('0'), 9, []);
      const settled = await Promise.allSettled(
        ['1', '2', '3', '4', '5'].map((text) =>
          store.addTemplateVersion(template.templateId, content(text), 4, () => []),
        ),
      );
      const versions = settled.flatMap((one) =>
        one.status === 'fulfilled' ? [one.value.version] : [],
      );
      expect(versions.toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
      const refused = settled.filter((one) => one.status === 'rejected');
      expect(refused.map(({ reason }) => reason.code)).toEqual(['LIMIT_REACHED', 'LIMIT_REACHED']);
      expect((await store.template(template.templateId))?.version).toBe(4);
    });

    it('are counted per account', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const create = (owner: string) =>
        store.createTemplate(newTemplate(world, owner), content('x'), 2, []);
      await create(accountId);
      await create(accountId);
      await expect(create(accountId)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
      await create(await world.openAccount());
    });

    it('are listed newest first in pages, the archived ones when asked for', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const rows = [1, 2, 3].map(() => newTemplate(world, accountId));
      for (const row of rows) await store.createTemplate(row, content('x'), 9, []);
      await store.createTemplate(
        newTemplate(world, await world.openAccount()),
        content('x'),
        9,
        [],
      );
      const [first, second, third] = rows.map(({ templateId }) => templateId);
      const list = async (archived: 'with' | 'without', before: string | null, limit = 9) => {
        const query = { accountId, archived, beforeTemplateId: before, limit };
        return (await store.listTemplates(query)).map(({ templateId }) => templateId);
      };
      expect(await list('without', null, 2)).toEqual([third, second]);
      expect(await list('without', second ?? '')).toEqual([first]);
      const archived = await store.archiveTemplate(second ?? '', 5, []);
      expect(archived?.archivedAtMs).toBe(5);
      expect(await store.archiveTemplate(second ?? '', 6, [])).toEqual(archived);
      expect(await store.archiveTemplate('tpl_none', 6, [])).toBeNull();
      expect(await list('without', null)).toEqual([third, first]);
      expect(await list('with', null)).toEqual([third, second, first]);
      const late = store.addTemplateVersion(second ?? '', content('y'), 9, () => []);
      await expect(late).rejects.toMatchObject({ code: 'TEMPLATE_ARCHIVED' });
      const unknown = store.addTemplateVersion('tpl_none', content('y'), 9, () => []);
      await expect(unknown).rejects.toMatchObject({ code: 'TEMPLATE_NOT_FOUND' });
    });

    it('are in the gallery while they are public, not hidden and not archived', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const rows = [1, 2, 3].map(() => newTemplate(world, accountId));
      for (const row of rows) await store.createTemplate(row, content('x'), 9, []);
      const [first, second, third] = rows.map(({ templateId }) => templateId);
      const show = (templateId = '', shown: Partial<TemplateRow>) =>
        store.changeTemplate(templateId, (row) => ({ template: { ...row, ...shown }, events: [] }));
      const list = async (q: string | null, tag: string | null, before: string | null = null) =>
        idsOf(
          await store.listGallery({
            q,
            tag,
            sort: 'newest',
            limit: 9,
            after: before === null ? null : { uses: null, templateId: before },
          }),
        );
      expect(await list(null, null)).toEqual([]);
      await show(first, { visibility: 'public', tags: ['vision', 'a-b'] });
      await show(second, { visibility: 'unlisted' });
      await show(third, { visibility: 'public' });
      expect(await list(null, null)).toEqual([third, first]);
      expect(await list(null, null, third)).toEqual([first]);
      const byUses = async (after: GalleryQuery['after']) =>
        idsOf(await store.listGallery({ q: null, tag: null, after, sort: 'uses', limit: 9 }));
      expect(await byUses(null)).toEqual([third, first]);
      expect(await byUses({ uses: 0, templateId: third ?? '' })).toEqual([first]);
      expect(await byUses({ uses: 1, templateId: first ?? '' })).toEqual([third, first]);
      expect(await list(null, 'vision')).toEqual([first]);
      expect(await list(null, 'vis')).toEqual([]);
      expect(await list('IGHT', null)).toEqual([third, first]);
      expect(await list('n_ghtly', null)).toEqual([]);
      await show(third, { hiddenAtMs: 5 });
      await store.archiveTemplate(first ?? '', 5, []);
      expect(await list(null, null)).toEqual([]);
      const unknown = show('tpl_none', {});
      await expect(unknown).rejects.toMatchObject({ code: 'TEMPLATE_NOT_FOUND' });
    });
  });
}
