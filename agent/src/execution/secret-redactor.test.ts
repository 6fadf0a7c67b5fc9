import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretRedactor } from './secret-redactor.ts';

const value = 'p4ss/wörd+42 =!';
const bytes = Buffer.from(value);

describe('a secret value', () => {
  it.each([
    ['as it is', `token=${value};`],
    ['in base64', `x ${bytes.toString('base64')} y`],
    ['in base64 for addresses', `x ${bytes.toString('base64url')} y`],
    ['in base64 of something longer', Buffer.from(`user:${value}`).toString('base64')],
    ['in base64 one place further', Buffer.from(`user1:${value};`).toString('base64')],
    ['in base64 two places further', Buffer.from(`user12:${value};`).toString('base64')],
    ['in hex', bytes.toString('hex')],
    ['in large hex', bytes.toString('hex').toUpperCase()],
    ['in an address', `https://x/?t=${encodeURIComponent(value)}&a=1`],
    ['in a form', new URLSearchParams({ t: value }).toString()],
    ['in JSON', JSON.stringify({ t: value })],
    ['in JSON of PHP', 'x "p4ss\\/w\\u00f6rd+42 =!" y'],
    ['in JSON of Python', '"p4ss/w\\u00f6rd+42 =!"'],
    ['in JSON with large hex', '"p4ss/w\\u00F6rd+42 =!"'],
    ['with control characters in it', 'p4ss\u0000/w\u001b[1mörd\u001b[K+42 =!'],
  ])('is found %s', (_form, text) => {
    const redacted = new SecretRedactor([value]).redact(text);
    expect(redacted).toContain('***');
    for (const form of ['p4ss', 'wörd', 'cDRzcy', '70347373']) expect(redacted).not.toContain(form);
  });

  it('of several lines is found line by line, and its armour is not', () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQE\n-----END KEY-----\n';
    const redactor = new SecretRedactor([pem]);
    const lines = ['-----BEGIN KEY-----', 'MIIEvQIBADANBg', 'kqhkiG9w0BAQE'];
    expect(lines.map((line) => redactor.redact(line))).toEqual([lines[0], '***', '***']);
  });

  it('that overlaps another one leaves nothing of both', () => {
    const redactor = new SecretRedactor(['abcdefgh', 'ghijklmn']);
    expect(redactor.redact('>abcdefghijklmn<')).toBe('>***<');
  });

  it('is found in data, in names of fields and in numbers', () => {
    const redactor = new SecretRedactor(['abcdefgh', '123456789']);
    const data = { abcdefgh: [123456789, 5, { x: 'is abcdefgh!' }], ok: null };
    expect(redactor.redactJson(data)).toEqual({ '***': ['***', 5, { x: 'is ***!' }], ok: null });
  });

  it('leaves the control characters of other data as they are', () => {
    const data = ['a\u001b[2Kb\nc', 'abcd\u0007efgh', 'abcd\nefgh'];
    const redacted = new SecretRedactor(['abcdefgh']).redactJson(data);
    expect(redacted).toEqual([data[0], '***', data[2]]);
  });

  it('of signs that JSON is often written without is found', () => {
    const redactor = new SecretRedactor(["a<b>&'cdefg"]);
    expect(redactor.redact('"a\\u003cb\\u003e\\u0026\\u0027cdefg"')).toBe('"***"');
  });

  it('is whole again in no text, however it is put together', () => {
    const secrets = ['aabaab', 'abaaba', 'baaaab'];
    const redactor = new SecretRedactor(secrets);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 }), (text) => {
        const redacted = redactor.redact(text);
        for (const secret of secrets) expect(redacted).not.toContain(secret);
      }),
    );
  });
});
