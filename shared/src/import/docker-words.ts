/** Why a line of a shell can't be read without a shell, and what to write instead. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/**
 * The words of one command, with quotes and backslashes resolved as a POSIX shell does. What only a
 * shell knows, such as variables, and what is more than one command is an error: nothing is guessed.
 * Throws ShellSyntaxError.
 */
export function splitShellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let ended = false;
  let index = 0;
  while (index < line.length) {
    const char = line.charAt(index);
    const after = line.slice(index + 1);
    if (ended && !/\s/.test(char)) throw severalCommands();
    if (char === '\\') {
      const [taken, length] = escapedOutside(after);
      if (taken !== '') word = (word ?? '') + taken;
      index += 1 + length;
    } else if (char === "'" || char === '"') {
      const [taken, length] = char === "'" ? singleQuoted(after) : doubleQuoted(after);
      word = (word ?? '') + taken;
      index += 1 + length;
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      ended ||= char === '\n' && words.length > 0;
      index += 1;
    } else if (char === '#' && word === null) {
      index += 1 + (/^[^\n]*/.exec(after)?.[0].length ?? 0);
    } else {
      refuseSpecial(char);
      word = (word ?? '') + char;
      index += 1;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

/** A line that goes on is no word; a Windows line ends with two characters. */
function escapedOutside(after: string): [taken: string, length: number] {
  const lineEnd = /^\r?\n/.exec(after)?.[0];
  if (lineEnd !== undefined) return ['', lineEnd.length];
  return [after.slice(0, 1), 1];
}

function singleQuoted(after: string): [taken: string, length: number] {
  const end = after.indexOf("'");
  if (end === -1) throw unclosed("'");
  return [after.slice(0, end), end + 1];
}

function doubleQuoted(after: string): [taken: string, length: number] {
  let taken = '';
  for (let index = 0; index < after.length; index += 1) {
    const char = after.charAt(index);
    if (char === '"') return [taken, index + 1];
    if (char === '$' || char === '`') refuseSpecial(char);
    if (char === '\\' && /["\\$`\n]/.test(after.charAt(index + 1))) {
      index += 1;
      if (after.charAt(index) !== '\n') taken += after.charAt(index);
    } else taken += char;
  }
  throw unclosed('"');
}

function refuseSpecial(char: string): void {
  if (char === '$' || char === '`') {
    throw new ShellSyntaxError(
      `has "${char}", which stands for what your shell knows`,
      `Write the value itself, or put the text into single quotes if the program is to see the "${char}".`,
    );
  }
  if (/[;|&<>()]/.test(char)) throw severalCommands(char);
}

function severalCommands(char?: string): ShellSyntaxError {
  const what = char === undefined ? 'goes on on another line' : `has "${char}" outside of quotes`;
  return new ShellSyntaxError(
    `${what}, so it is more than one docker run`,
    'Give one command; end a line that goes on with a backslash, and quote what the program is to get.',
  );
}

function unclosed(quote: string): ShellSyntaxError {
  return new ShellSyntaxError(`has a ${quote} that is not closed`, 'Close it.');
}
