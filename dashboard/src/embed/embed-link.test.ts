import { describe, expect, it } from 'vitest';
import { fileAddress, readEmbedLink } from './embed-link.ts';

const signature = 'A'.repeat(43);
const link = { origin: 'https://m.example', linkId: 'lnk_01', signature };
const base = 'https://site.example/page';

describe('the link of an element', () => {
  it.each([
    '/s/lnk_01',
    '/api/v1/shared/lnk_01',
    '/api/v1/shared/lnk_01/logs',
    '/api/v1/shared/lnk_01/artifacts',
  ])('is read from %s', (path) => {
    expect(readEmbedLink(`${link.origin}${path}?signature=${signature}`, base)).toEqual(link);
    expect(readEmbedLink(`${path}?signature=${signature}`, `${link.origin}/other`)).toEqual(link);
  });

  it.each([
    '',
    'http://',
    `javascript:/s/lnk_01?signature=${signature}`,
    `https://m.example/s/lnk_01?signature=${signature}A`,
    'https://m.example/s/lnk_01',
    `https://m.example/jobs/job_01?signature=${signature}`,
    `https://m.example/s/..%2Fme?signature=${signature}`,
  ])('is not read from "%s"', (text) => {
    expect(readEmbedLink(text, base)).toBe(null);
  });

  it('leads to files of its marketplace alone', () => {
    expect(fileAddress('/api/v1/shared/lnk_01/artifacts/art_1', link)).toBe(
      'https://m.example/api/v1/shared/lnk_01/artifacts/art_1',
    );
    for (const url of ['https://evil.example/a', '//evil.example/a', 'javascript:alert(1)']) {
      expect(fileAddress(url, link)).toBe(null);
    }
  });
});
