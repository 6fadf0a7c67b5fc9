import { describe, expect, it } from 'vitest';
import { levelOfLine } from './line-level.ts';

describe('the level of a line', () => {
  it.each([
    ['2026-11-26 10:00:00 ERROR cuda out of memory', 'error'],
    ['[WARN] slow disk', 'warn'],
    ['INFO:root:epoch 3', 'info'],
    ['Debug: shapes (3, 4)', 'debug'],
    ['{"time":1,"level":"warning","msg":"x"}', 'warn'],
    ['{"level":50,"msg":"x"}', 'error'],
    ['level=info msg="error in the text"', 'info'],
    ['Traceback (most recent call last):', 'error'],
    ['ValueError: not a number', 'error'],
    ['torch.cuda.OutOfMemoryError: CUDA', 'error'],
    ['\u001b[31mERROR\u001b[0m broken', 'error'],
    ['step 3 loss 0.2 no errors so far', null],
    ['information is power', null],
    ['', null],
  ])('%s', (line, level) => {
    expect(levelOfLine(line, 'stdout')).toBe(level);
  });

  it('believes complaints only on standard error', () => {
    expect(levelOfLine('cp: failed to open', 'stdout')).toBeNull();
    expect(levelOfLine('cp: failed to open', 'stderr')).toBe('error');
    expect(levelOfLine('UserWarning? a warning at least', 'stderr')).toBe('warn');
    expect(levelOfLine('100%|####| 3/3', 'stderr')).toBeNull();
  });

  it('looks at the beginning of a long line only', () => {
    expect(levelOfLine(`${'x '.repeat(4_000)}ERROR`, 'stderr')).toBeNull();
  });
});
