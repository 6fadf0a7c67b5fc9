import { AuditChain } from '@node3/shared/audit-chain';
import type { NewEvent } from '@node3/shared/events';
import { describe, expect, it } from 'vitest';
import { feeRevenue, userAvailable } from '../../domain/ledger-accounts.ts';
import type { AuditFilter, AuditStore, NewAuditEntry } from '../audit-store.ts';
import { underOrigin } from '../request-origin.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

const noFilter: AuditFilter = {
  action: null,
  actor: null,
  accountId: null,
  keyId: null,
  target: null,
  requestId: null,
  fromMs: null,
  untilMs: null,
};

const origin = {
  requestId: 'req-1',
  ip: '203.0.113.0/24',
  actor: 'requester' as const,
  accountId: 'acc_1',
  keyId: 'key_1',
};

function entryOf(change: Partial<NewAuditEntry> = {}): NewAuditEntry {
  const nobody = { accountId: null, keyId: null, ip: null, requestId: null };
  const base = { atMs: 10, action: 'auth.failed', actor: 'nobody', target: null, facts: {} };
  return { ...base, ...nobody, ...change };
}

function eventOf(name: NewEvent['name'], change: Partial<NewEvent> = {}): NewEvent {
  const none = { accountId: null, jobId: null, executionId: null, reason: null };
  return { name, atMs: 20, actor: 'requester', ...none, data: { payoutId: 'pay_1' }, ...change };
}

function everything(store: AuditStore, filter: Partial<AuditFilter> = {}) {
  const page = { order: 'oldest' as const, cursor: null, limit: 1_000 };
  return store.auditEntries({ ...page, filter: { ...noFilter, ...filter } });
}

/** Uses each method of the store for the audit log at least once. */
export async function liveThroughAudit({ store }: World): Promise<void> {
  await store.appendAudit([entryOf({ accountId: 'a', target: 't' }), entryOf(), entryOf()]);
  for (const filter of [{}, { action: 'x' }, { accountId: 'a' }, { target: 't' }]) {
    await everything(store, filter);
    const page = { order: 'newest' as const, cursor: 9, limit: 1 };
    await store.auditEntries({ ...page, filter: { ...noFilter, ...filter } });
  }
  await store.auditEnds();
  await store.pruneAudit(Number.MAX_SAFE_INTEGER, 12, 1);
}

export function describeAudit(given: Given): void {
  describe('the audit log', () => {
    it('notes an act in its own transaction, with who asked for it', async () => {
      const { store } = given;
      await underOrigin(origin, () =>
        store.postTransfers([], [eventOf('payout.held'), eventOf('payout.due')], 20),
      );
      expect(await everything(store)).toMatchObject([
        {
          entry: 1,
          at: '1970-01-01T00:00:00.020Z',
          action: 'payout.held',
          actor: 'requester',
          accountId: 'acc_1',
          keyId: 'key_1',
          ip: '203.0.113.0/24',
          requestId: 'req-1',
          target: 'pay_1',
          facts: { payoutId: 'pay_1' },
        },
      ]);
    });

    it('notes whatever an operator causes', async () => {
      const { store } = given;
      await underOrigin({ ...origin, actor: 'operator' }, () =>
        store.postTransfers([], [eventOf('payout.due')], 20),
      );
      await store.postTransfers([], [eventOf('payout.due', { actor: 'operator' })], 20);
      await store.postTransfers([], [eventOf('payout.due', { actor: 'marketplace' })], 20);
      const entries = await everything(store);
      expect(entries.map(({ actor, requestId }) => [actor, requestId])).toEqual([
        ['operator', 'req-1'],
        ['operator', null],
      ]);
    });

    it('keeps the origins of writes that share a commit apart', async () => {
      const { store } = given;
      const write = (requestId: string | null) => {
        const post = () => store.postTransfers([], [eventOf('payout.held')], 20);
        return requestId === null ? post() : underOrigin({ ...origin, requestId }, post);
      };
      await Promise.all([write('a'), write(null), write('b')]);
      const found = (await everything(store)).map(({ requestId }) => requestId);
      expect(new Set(found)).toEqual(new Set(['a', null, 'b']));
    });

    it('has nothing of what was rolled back', async () => {
      const { store, world } = given;
      await world.openAccount();
      const before = (await store.auditEnds()).head;
      const lost = store.postTransfers(
        [{ ...(await refusedTransfer(world)) }],
        [eventOf('payout.held')],
        20,
      );
      await expect(lost).rejects.toThrow();
      expect((await store.auditEnds()).head).toEqual(before);
    });

    it('is a chain that fits its head, over a reopening too', async () => {
      await given.store.appendAudit([entryOf(), entryOf({ facts: { b: 1, a: 'ü' } })]);
      const store = await given.reopen();
      await store.appendAudit([entryOf({ atMs: 11 })]);
      const chain = new AuditChain();
      const entries = await everything(store);
      expect(entries.flatMap((entry) => chain.add(entry))).toEqual([]);
      const { head } = await store.auditEnds();
      expect(chain.place.entry).toBe(3);
      expect(Buffer.from(chain.place.hash).equals(Buffer.from(head.hash))).toBe(true);
    });

    it('removes what is old and stays provable', async () => {
      const { store } = given;
      const times = [1, 2, 30, 4];
      await store.appendAudit(times.map((atMs) => entryOf({ atMs })));
      expect(await store.pruneAudit(10, 50, 100)).toBe(2);
      expect(await store.pruneAudit(10, 50, 100)).toBe(0);
      const { removed, head } = await store.auditEnds();
      expect(removed.entry).toBe(2);
      const chain = new AuditChain(removed);
      const entries = await everything(store);
      expect(entries.map(({ entry }) => entry)).toEqual([3, 4]);
      expect(entries.flatMap((entry) => chain.add(entry))).toEqual([]);
      expect(chain.place.entry).toBe(head.entry);
      expect(await store.pruneAudit(100, 50, 1)).toBe(1);
      expect((await store.auditEnds()).removed.entry).toBe(3);
    });

    it('is found by each of its filters, page by page', async () => {
      const { store } = given;
      await store.appendAudit([
        entryOf({ action: 'one', accountId: 'a', atMs: 1 }),
        entryOf({ action: 'two', actor: 'operator', target: 't', atMs: 2 }),
        entryOf({ action: 'two', accountId: 'a', keyId: 'k', requestId: 'r', atMs: 3 }),
      ]);
      const numbers = async (filter: Partial<AuditFilter>) =>
        (await everything(store, filter)).map(({ entry }) => entry);
      expect(await numbers({ action: 'two' })).toEqual([2, 3]);
      expect(await numbers({ action: 'two', accountId: 'a' })).toEqual([3]);
      expect(await numbers({ actor: 'operator' })).toEqual([2]);
      expect(await numbers({ target: 't' })).toEqual([2]);
      expect(await numbers({ keyId: 'k' })).toEqual([3]);
      expect(await numbers({ requestId: 'r' })).toEqual([3]);
      expect(await numbers({ fromMs: 2, untilMs: 3 })).toEqual([2]);
      const newest = { filter: noFilter, order: 'newest' as const, limit: 2 };
      const page = await store.auditEntries({ ...newest, cursor: null });
      expect(page.map(({ entry }) => entry)).toEqual([3, 2]);
      expect(await store.auditEntries({ ...newest, cursor: 2 })).toMatchObject([{ entry: 1 }]);
    });
  });
}

/** Takes more than there is. */
async function refusedTransfer(world: World) {
  const { price: amount, asset } = world.posting('acc_nobody').job;
  return {
    transferId: 'too-much',
    debit: userAvailable('acc_nobody'),
    credit: feeRevenue,
    asset,
    amount,
    kind: 'fee' as const,
    ref: 'none',
  };
}
