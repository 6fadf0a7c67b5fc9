import { describe, expect, it } from 'vitest';
import { problemOfArtifactName } from './artifact-name.ts';

describe('names of artifacts', () => {
  it.each([
    'a',
    'model.bin',
    'results/épreuve 1/模型.bin',
    '.hidden',
    'a..b',
    '-rf',
    'x'.repeat(255),
  ])('may be %s', (name) => {
    expect(problemOfArtifactName(name)).toBeNull();
  });

  it.each([
    ['', 'empty'],
    ['/etc/passwd', 'slash'],
    ['a//b', 'slash'],
    ['a/', 'slash'],
    ['..', 'is . or ..'],
    ['a/../b', 'is . or ..'],
    ['./a', 'is . or ..'],
    ['a\\b', 'characters'],
    ['C:x', 'characters'],
    ['a\0b', 'not shown'],
    ['a\nb', 'not shown'],
    ['a\u001b[31mb', 'not shown'],
    ['photo\u202Egnp.exe', 'not shown'],
    ['zero\u200bwidth', 'not shown'],
    ['e\u0301', 'normal form'],
    ['\ud800', 'normal form'],
    ['NUL', 'device'],
    ['out/com1.txt', 'device'],
    ['dot.', 'ends'],
    ['space ', 'ends'],
    ['x'.repeat(256), '255 bytes'],
    ['é'.repeat(300), 'bytes'],
    [Array(17).fill('a').join('/'), 'deeper'],
  ])('may not be %j', (name, why) => {
    expect(problemOfArtifactName(name)).toContain(why);
  });
});
