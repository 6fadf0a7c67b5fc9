import { describe, expect, it } from 'vitest';
import { CommandSyntaxError, curlLine, shellQuote, splitCommand } from './shell-command.ts';

describe('splitCommand', () => {
  it.each([
    ['nvidia-smi -L', ['nvidia-smi', '-L']],
    ['  a   b ', ['a', 'b']],
    [`sh -c 'echo "$HOME"; ls *'`, ['sh', '-c', 'echo "$HOME"; ls *']],
    [`say "it's" 'a "b"' c\\ d ''`, ['say', "it's", 'a "b"', 'c d', '']],
    [String.raw`printf "a\"b\n"`, ['printf', String.raw`a"b\n`]],
    ['', []],
  ])('%j', (line, expected) => {
    expect(splitCommand(line)).toEqual(expected);
  });

  it.each(['open "quote', "open 'quote", 'open \\'])('refuses %j', (line) => {
    expect(() => splitCommand(line)).toThrow(CommandSyntaxError);
  });
});

describe('shellQuote', () => {
  it.each([
    ['plain-1.0/x', 'plain-1.0/x'],
    [`it's`, `'it'\\''s'`],
    ['$HOME; rm -rf /', `'$HOME; rm -rf /'`],
    ['', `''`],
  ])('%j becomes %s', (text, expected) => {
    expect(shellQuote(text)).toBe(expected);
  });

  it('comes back the same through the splitter', () => {
    for (const text of [`it's "quoted" $HOME`, 'a\nb', '\\', '']) {
      expect(splitCommand(shellQuote(text))).toEqual([text]);
    }
  });
});

describe('curlLine', () => {
  it('names the key only as a variable', () => {
    const line = curlLine({ method: 'POST', url: 'http://127.0.0.1:8000/api', body: { a: "'" } });
    expect(line).toBe(
      `curl -X POST -H "Authorization: Bearer $NODE3_API_KEY" -H 'Content-Type: application/json' -d '{"a":"'\\''"}' http://127.0.0.1:8000/api`,
    );
  });
});
