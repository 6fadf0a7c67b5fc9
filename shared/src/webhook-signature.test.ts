import { describe, expect, it } from 'vitest';
import { signWebhook, verifyWebhook } from './webhook-signature.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const body = '{"test": 2432232314}';
const timestampSec = 1_614_265_330;

describe('a signed webhook', () => {
  it('has the signature of the standard’s own example', () => {
    expect(signWebhook([secret], id, timestampSec, body)['webhook-signature']).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('is accepted by each secret it was signed with, and by no other', () => {
    const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const headers = { ...signWebhook([other, secret], id, timestampSec, body) };
    const now = timestampSec * 1_000;
    expect(verifyWebhook(secret, headers, body, now)).toBe(true);
    expect(verifyWebhook(other, headers, body, now)).toBe(true);
    expect(verifyWebhook(secret.replace('Mf', 'fM'), headers, body, now)).toBe(false);
  });

  it('is refused when anything about it was changed, or when it is old', () => {
    const headers = { ...signWebhook([secret], id, timestampSec, body) };
    const now = timestampSec * 1_000;
    expect(verifyWebhook(secret, headers, body, now + 299_000)).toBe(true);
    expect(verifyWebhook(secret, headers, body, now + 301_000)).toBe(false);
    expect(verifyWebhook(secret, headers, `${body} `, now)).toBe(false);
    expect(verifyWebhook(secret, { ...headers, 'webhook-id': 'other' }, body, now)).toBe(false);
    const later = String(timestampSec + 1);
    expect(verifyWebhook(secret, { ...headers, 'webhook-timestamp': later }, body, now)).toBe(
      false,
    );
    expect(verifyWebhook(secret, {}, body, now)).toBe(false);
  });
});
