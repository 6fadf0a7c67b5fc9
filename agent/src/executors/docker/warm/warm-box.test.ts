import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { sendLine } from './warm-box.ts';

it('has told a container what to run only when the whole line has gone out', async () => {
  const gone = new PassThrough();
  gone.destroy();
  await expect(sendLine(gone, 'exec true\n')).rejects.toThrow();
  const open = new PassThrough();
  await sendLine(open, 'exec true\n');
  expect(String(open.read())).toBe('exec true\n');
});
