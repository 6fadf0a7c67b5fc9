import { expect, it } from 'vitest';
import { readSharedSearch, sharedAddress } from './shared-address.ts';

const signature = 'A'.repeat(43);

it('leads from a link of the API to its page, and to the bytes of a file', () => {
  const at = (path: string) => sharedAddress(`${path}?signature=${signature}`, 'https://m.example');
  const page = `https://m.example/s/lnk_1?signature=${signature}`;
  expect(at('/api/v1/shared/lnk_1')).toBe(page);
  expect(at('/api/v1/shared/lnk_1/logs')).toBe(page);
  expect(at('/api/v1/shared/lnk_1/artifacts')).toBe(page);
  const file = '/api/v1/shared/lnk_1/artifacts/art_1';
  expect(at(file)).toBe(`https://m.example${file}?signature=${signature}`);
});

it('reads a whole signature only', () => {
  expect(readSharedSearch({ signature })).toEqual({ signature });
  expect(readSharedSearch({ signature: signature.slice(1) })).toEqual({});
  expect(readSharedSearch({ signature: 7 })).toEqual({});
});
