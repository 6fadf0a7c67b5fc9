import { describe, expect, it } from 'vitest';
import { parseLdd } from './local-image-files.ts';

describe('parseLdd', () => {
  it('takes every library and the loader, each once', () => {
    const output = [
      '/usr/bin/a:',
      '\tlinux-vdso.so.1 (0x00007fff)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f01)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)',
      '/usr/bin/b:',
      '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f03)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f01)',
      '\tlibgone.so => not found',
      '\tnot a dynamic executable',
    ].join('\n');
    expect(parseLdd(output)).toEqual([
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });
});
