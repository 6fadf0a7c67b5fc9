import {
  findOption,
  isTaken,
  refusedOptions,
  type TakenOption,
  warnedOptions,
} from './docker-options.ts';
import { ShellSyntaxError, splitShellWords } from './docker-words.ts';
import type { ImportReport } from './import-report.ts';

/** What a `docker run` says, before any of it is understood. */
export interface DockerLine {
  options: { name: TakenOption; value: string }[];
  /** The image and what follows it; null where that can't be told, of which something is said then. */
  rest: string[] | null;
}

const start = /^\s*(?:sudo\s+)?docker\s+(?:container\s+)?run(?=\s|\\|$)/;

/** Whether a text is a command of this kind. */
export function isDockerRun(text: unknown): text is string {
  return typeof text === 'string' && start.test(text);
}

/** Reads the command up to its image. All options that no job can have are refused at once. */
export function readDockerLine(report: ImportReport, text: string): DockerLine {
  const words = wordsOf(report, text);
  const options: DockerLine['options'] = [];
  if (words === null) return { options, rest: null };
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] as string;
    if (word === '--') return { options, rest: words.slice(index + 1) };
    if (!word.startsWith('-') || word === '-') break;
    for (const { spelling, attached } of spellingsIn(word)) {
      const found = findOption(spelling);
      if (found === null) {
        refuseUnknown(report, spelling);
        // Whether the next word is its value, or the image, can't be told.
        if (attached === null) return { options, rest: null };
        continue;
      }
      const next = words[index + 1];
      const value = found.takes === 'nothing' ? (attached ?? 'true') : (attached ?? next);
      if (found.takes === 'value' && attached === null) index += 1;
      if (value === undefined) {
        report.refuse(`/${found.name}`, 'has no value', 'Write one behind it.');
        return { options, rest: null };
      }
      if (found.takes === 'value' || value !== 'false') note(report, options, found.name, value);
    }
  }
  return { options, rest: words.slice(index) };
}

function wordsOf(report: ImportReport, text: string): string[] | null {
  const match = start.exec(text);
  if (match === null) {
    report.refuse('', 'is no docker run', 'Begin with "docker run", as in a terminal.');
    return null;
  }
  try {
    return splitShellWords(text.slice(match[0].length));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    report.refuse('', error.message, error.fix);
    return null;
  }
}

/** `--memory=2g` has its value with it; so has `-m2g`, and `-itd` is three options. */
function spellingsIn(word: string): { spelling: string; attached: string | null }[] {
  if (word.startsWith('--')) {
    const [, spelling = word, attached = null] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    return [{ spelling, attached }];
  }
  const found: { spelling: string; attached: string | null }[] = [];
  for (let index = 1; index < word.length; index += 1) {
    const spelling = `-${word.charAt(index)}`;
    const rest = word.slice(index + 1);
    if (rest !== '' && (rest.startsWith('=') || findOption(spelling)?.takes === 'value')) {
      return [...found, { spelling, attached: rest.replace(/^=/, '') }];
    }
    found.push({ spelling, attached: null });
  }
  return found;
}

function note(
  report: ImportReport,
  options: DockerLine['options'],
  name: string,
  value: string,
): void {
  if (isTaken(name)) options.push({ name, value });
  const refused = refusedOptions[name];
  if (refused !== undefined) report.refuse(`/${name}`, refused.detail, refused.fix);
  const warned = warnedOptions[name];
  if (warned !== undefined) report.warn(`/${name}`, warned.detail, warned.fix);
}

function refuseUnknown(report: ImportReport, spelling: string): void {
  const detail = 'is an option that is not known here';
  const fix = 'Leave it out if the program can do without; what follows it was not looked at.';
  report.refuse(`/${spelling.slice(0, 64)}`, detail, fix);
}
