import { expect, it } from 'vitest';
import { clientName } from './client-name.ts';

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
    'Chrome · Linux',
  ],
  ['Mozilla/5.0 (Android 16; Mobile; rv:146.0) Gecko/146.0 Firefox/146.0', 'Firefox · Android'],
  ['curl/8.14.1', 'curl/8.14.1'],
])('names %s', (client, name) => {
  expect(clientName(client)).toBe(name);
});
