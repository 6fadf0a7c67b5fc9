import { describe, expect, it } from 'vitest';
import { readGpuSyntax, writeGpuSyntax } from './gpu-syntax.ts';

describe('writeGpuSyntax', () => {
  it.each(['any', '2', 'rtx-4090', 'nvidia:a100,h100:24GB..:cc8.6:cuda:4', '40GiB..'])(
    'reads back as it was: %s',
    (text) => {
      expect(writeGpuSyntax(readGpuSyntax(text))).toBe(text);
    },
  );
});
