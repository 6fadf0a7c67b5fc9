import { signWebhook } from '@node3/shared/webhook-signature';
import { describe, expect, it } from 'vitest';
import { verifyWebhook } from './verify-webhook.ts';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [oldSecret, secret, other] = [secretOf(1), secretOf(2), secretOf(3)];
const nowMs = 1_800_000_000_000;
const body = JSON.stringify({ type: 'job.ended', timestamp: 'then', data: { seq: 7, jobId: 'ä' } });
const headers = { ...signWebhook([secret, oldSecret], 'evt_1', nowMs / 1_000, body) };

describe('a webhook', () => {
  it('is believed with any of the secrets, as text or as bytes', async () => {
    const message = { id: 'evt_1', type: 'job.ended', data: { seq: 7, jobId: 'ä' } };
    for (const given of [secret, oldSecret, [other, secret]]) {
      expect(await verifyWebhook({ secret: given, headers, body, nowMs })).toMatchObject(message);
    }
    const bytes = new TextEncoder().encode(body);
    const asFetch = new Headers({ ...headers });
    const input = { secret, headers: asFetch, body: bytes, nowMs };
    expect(await verifyWebhook(input)).toMatchObject(message);
    const upperCase = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await verifyWebhook({ secret, headers: upperCase, body, nowMs })).toMatchObject(message);
  });

  it.each([
    ['another secret', { secret: other }, 'signature'],
    ['another body', { body: `${body} ` }, 'signature'],
    ['another id', { headers: { ...headers, 'webhook-id': 'evt_2' } }, 'signature'],
    [
      'no v1 signature',
      { headers: { ...headers, 'webhook-signature': 'v1a,AAAA v1,%' } },
      'signature',
    ],
    ['an old time', { nowMs: nowMs + 301_000 }, 'timestamp'],
    ['a future time', { nowMs: nowMs - 301_000 }, 'timestamp'],
    ['a time of its own', { toleranceSec: 5, nowMs: nowMs + 6_000 }, 'timestamp'],
    ['no time', { headers: { ...headers, 'webhook-timestamp': 'now' } }, 'headers'],
    ['no headers', { headers: {} }, 'headers'],
  ])('with %s is not', async (_, change, reason) => {
    const input = { secret, headers, body, nowMs, ...change };
    await expect(verifyWebhook(input)).rejects.toMatchObject({ code: 'WEBHOOK_INVALID', reason });
  });

  it('is not looked at with what is no secret', async () => {
    const input = { secret: 'whsec_', headers, body, nowMs };
    await expect(verifyWebhook(input)).rejects.toMatchObject({ field: 'secret' });
    for (const toleranceSec of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      const given = { secret, headers, body, nowMs, toleranceSec };
      await expect(verifyWebhook(given)).rejects.toMatchObject({ field: 'toleranceSec' });
    }
  });
});
