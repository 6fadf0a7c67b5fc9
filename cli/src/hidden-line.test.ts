import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { type QuestionTerminal, readHiddenLine } from './hidden-line.ts';

function terminal() {
  const shown: string[] = [];
  const modes: boolean[] = [];
  const stream = new PassThrough();
  const stdin = Object.assign(stream, {
    isTTY: true,
    setRawMode(mode: boolean) {
      modes.push(mode);
      return stdin;
    },
  }) as unknown as QuestionTerminal['stdin'];
  const stderr = { write: (text: string) => shown.push(text) };
  return { stream, shown, modes, process: { stdin, stderr } };
}

it('reads a line without showing it, and gives the terminal back', async () => {
  const { process, stream, shown, modes } = terminal();
  const answer = readHiddenLine(process, 'Passphrase: ');
  stream.write('gré');
  stream.write('\u007f\u007fün\r');
  expect((await answer).toString()).toBe('gün');
  expect(shown).toEqual(['Passphrase: ', '\n']);
  expect(modes).toEqual([true, false]);
});

it('keeps what was pasted beyond the line for the next question', async () => {
  const { process, stream } = terminal();
  stream.write('one\ntwo\n');
  expect((await readHiddenLine(process, '1')).toString()).toBe('one');
  expect((await readHiddenLine(process, '2')).toString()).toBe('two');
});

it('stops on Ctrl-C and gives the terminal back', async () => {
  const { process, stream, modes } = terminal();
  const answer = readHiddenLine(process, '');
  stream.write('half\u0003');
  await expect(answer).rejects.toThrow('Stopped.');
  expect(modes).toEqual([true, false]);
});

it('asks nobody where there is no terminal', async () => {
  const { process } = terminal();
  const stdin = Object.assign(process.stdin, { isTTY: false });
  await expect(readHiddenLine({ ...process, stdin }, '')).rejects.toThrow('no terminal');
});
