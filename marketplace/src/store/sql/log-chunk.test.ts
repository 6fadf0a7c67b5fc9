import { expect, it } from 'vitest';
import { unpack } from './log-chunk.ts';

it('a chunk of an earlier version is read as what it was', () => {
  const body = '[[0,1,"a",0],[0,1,"b",1],[0,1,"",0],[2,5,"[cut]",0]]';
  expect(unpack({ seq_first: 7n, attempt: 2n, body })).toEqual([
    { seq: 7, attempt: 2, stream: 'stdout', atMs: 1, lineCount: 2, text: 'a\nb' },
    { seq: 9, attempt: 2, stream: 'stdout', atMs: 1, lineCount: 1, text: '\n' },
    { seq: 10, attempt: 2, stream: 'system', atMs: 5, lineCount: 1, text: '[cut]\n' },
  ]);
});
