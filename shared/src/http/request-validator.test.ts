import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { id, oneOf, strictObject } from '../schema.ts';
import { createMessageValidator, createRequestValidator } from './request-validator.ts';

const schema = strictObject({
  count: Type.Integer({ minimum: 0 }),
  names: Type.Array(Type.String(), { maxItems: 3 }),
});

describe('the request validator', () => {
  it('[2.34] lists every problem of a small value', () => {
    const problems = createMessageValidator(schema)({ count: -1, names: [1, 2], colour: 'red' });
    expect(problems.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/colour',
      '/count',
      '/names/0',
      '/names/1',
    ]);
  });

  it('says that a choice may be empty', () => {
    const check = createMessageValidator(strictObject({ order: oneOf(['', 'newest']) }));
    expect(check({ order: 'oldest' })).toMatchObject([
      { pointer: '/order', detail: 'must be one of empty, newest' },
    ]);
  });

  it('says how a whole id looks', () => {
    const check = createMessageValidator(strictObject({ accountId: id('account') }));
    expect(check({ accountId: 'ada@example.com' })).toMatchObject([
      {
        pointer: '/accountId',
        detail: 'must be a whole id: acc_ and the 26 characters after it',
        rule: 'id',
        values: { prefix: 'acc' },
      },
    ]);
  });

  it('does not look for a million problems', () => {
    const names = Array.from({ length: 1_000_000 }, () => 1);
    const problems = createMessageValidator(schema)({ count: -1, names });
    expect(problems).toHaveLength(1);
  });

  it.each(['1e999', '-1e999'])('refuses the infinite number %s', (text) => {
    const value: unknown = JSON.parse(`{"count":${text},"names":[]}`);
    expect(createMessageValidator(schema)(value)).toMatchObject([{ pointer: '/count' }]);
  });

  it.each(['1e999', '-1e999', '1e300'])('refuses the text %s where a number is meant', (count) => {
    const check = createRequestValidator()({ schema, httpPart: 'querystring' });
    expect(check({ count, names: [] })).toBe(false);
    expect(check.errors).toMatchObject([{ instancePath: '/count' }]);
    expect(check({ count: '12', names: [] })).toBe(true);
  });

  it('refuses the character NUL in an address, and takes it in a body', () => {
    const texts = { type: 'object', properties: { search: { type: 'string' } } };
    const check = (httpPart: string) => createRequestValidator()({ schema: texts, httpPart });
    const asked = check('querystring');
    expect(asked({ search: 'a\0' })).toBe(false);
    expect(asked.errors).toMatchObject([{ instancePath: '/search' }]);
    expect(asked({ search: 'a' })).toBe(true);
    expect(check('body')({ search: 'a\0' })).toBe(true);
  });

  it('forgets the problems of the value before', () => {
    const validate = createMessageValidator(schema);
    expect(validate({ count: 1 })).toHaveLength(1);
    expect(validate({ count: 1, names: [] })).toEqual([]);
  });
});
