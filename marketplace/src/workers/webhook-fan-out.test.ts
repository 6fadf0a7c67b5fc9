import type { EventName } from '@node3/shared/events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isForWebhook } from '../domain/webhook-rules.ts';
import { createWebhook } from '../services/manage-webhooks.ts';
import {
  operatorAccountId,
  startWebhookReceiver,
  WebhookTestbed,
} from '../testing/webhook-testbed.ts';

const names: EventName[] = ['job.posted', 'job.ended', 'payout.due', 'payout.finalized'];
const types = fc.constantFrom(null, ['job.*'], ['payout.due', 'job.ended'], ['*'], ['key.created']);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('event' as const), who: fc.nat(3), name: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('hook' as const), who: fc.nat(3), types }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);

describe('webhooks', () => {
  it('each get every event that is for them at least once, and never a foreign one', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), runSteps), {
      numRuns: 25,
    });
  });
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function runSteps(steps: Step[]): Promise<void> {
  const bed = new WebhookTestbed();
  const receiver = await startWebhookReceiver();
  const accounts: (string | null)[] = [null];
  for (let i = 0; i < 3; i += 1) accounts.push(await bed.world.openAccount(0n));
  let worker = bed.worker();
  const since = new Map<string, number>();
  for (const one of steps) {
    if (one.kind === 'event') {
      await bed.happen(names[one.name] ?? 'job.ended', accounts[one.who] ?? null);
    } else if (one.kind === 'hook') {
      const accountId = accounts[one.who];
      if (accountId == null) continue;
      const url = `${receiver.url}/${since.size}`;
      const input = {
        url,
        types: one.types === null ? null : [...one.types],
        description: String(since.size),
      };
      const { webhookId } = await createWebhook(bed.deps, bed.caller(accountId), input);
      const row = await bed.store.webhook(webhookId);
      since.set(webhookId, row?.cursorSeq ?? 0);
    } else if (one.kind === 'turn') {
      receiver.answer = () => ({ status: one.fails ? 500 : 200 });
      await worker.turn();
      await worker.settled();
      bed.clock.advance(10_000);
    } else {
      // Gone without a word: its lease runs out.
      await worker.settled();
      bed.clock.advance(61_000);
      worker = bed.worker();
    }
  }
  receiver.answer = () => ({ status: 200 });
  for (let i = 0; i < 8; i += 1) {
    bed.clock.advance(3_600_000);
    await bed.run(worker);
  }
  const events = await bed.store.eventsAfter(0, 10_000);
  for (const [webhookId, cursorSeq] of since) {
    const webhook = await bed.store.webhook(webhookId);
    if (webhook === null) throw new Error('a webhook is gone');
    const got = receiver.received
      .filter(({ path }) => path === `/${webhook.description}`)
      .map(({ headers }) => String(headers['webhook-id']));
    const wanted = events
      .filter((event) => event.seq > cursorSeq && isForWebhook(webhook, event, operatorAccountId))
      .map(({ seq }) => `evt_${seq}`);
    expect(new Set(got)).toEqual(new Set(wanted));
  }
  await worker.stop();
  await receiver.close();
  await bed.store.close();
}
