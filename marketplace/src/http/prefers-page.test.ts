import { expect, it } from 'vitest';
import { prefersPage } from './prefers-page.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

it.each<[string | undefined, string, boolean]>([
  [browser, 'GET', true],
  [browser, 'HEAD', true],
  [browser, 'POST', false],
  ['TEXT/HTML', 'GET', true],
  ['text/html;q=0.5, application/json;q=0.4', 'GET', true],
  ['text/html;q=0.4, application/json;q=0.5', 'GET', false],
  ['text/html;q=0', 'GET', false],
  ['text/html;q=x', 'GET', false],
  ['application/json', 'GET', false],
  ['application/json, text/plain, */*', 'GET', false],
  ['*/*', 'GET', false],
  [undefined, 'GET', false],
])('of Accept %j a %s gets the page: %s', (accept, method, expected) => {
  expect(prefersPage({ method, headers: accept === undefined ? {} : { accept } })).toBe(expected);
});
