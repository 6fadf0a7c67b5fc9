import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it } from 'vitest';
import { amdReaders } from './testing/recordings/amd-readers.ts';
import { nvidiaReaders } from './testing/recordings/nvidia-readers.ts';
import { otherReaders } from './testing/recordings/other-readers.ts';
import {
  findDifferences,
  isRun,
  loadRecordings,
  type Recording,
} from './testing/recordings/recording.ts';

/**
 * The recordings again, changed as other machines would print them: with warnings around them and
 * other line ends, without values, without single lines, and cut off.
 */
const directory = process.env['NODE3_GPU_FIXTURES'] ?? '';
const isMissing = mustSkip({
  resource: 'gpu-fixtures',
  missing: existsSync(join(directory, 'index.json'))
    ? null
    : 'NODE3_GPU_FIXTURES does not name a directory with index.json',
});

const readers = [...nvidiaReaders, ...amdReaders, ...otherReaders];
const readerOf = (recording: Recording) => readers.find((one) => one.reads(recording));

/** What is no output of a tool but was made of one: files of `/sys`, runs with their exit codes. */
const made = /^sysfs|^registry$|^libdrm$|^kernel log$|webgpu/;
const outputs = (isMissing ? [] : loadRecordings(directory)).filter(
  (recording) =>
    readerOf(recording) !== undefined &&
    !isRun(recording) &&
    !made.test(recording.tool) &&
    !/--help|xid-line-vectors/.test(`${recording.command} ${recording.file}`),
);

const textOf = ({ file }: Recording) => readFileSync(join(directory, file), 'utf8');
const isJson = (text: string) => /^\s*[[{]/.test(text);

async function read(text: string, recording: Recording): Promise<unknown> {
  return await readerOf(recording)?.read(text, recording);
}

/** Every value in what was read, by its path. */
function leavesOf(facts: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof facts !== 'object' || facts === null) return [[path, facts]];
  return Object.entries(facts).flatMap(([name, value]) => leavesOf(value, `${path}.${name}`));
}

const otherPrints: readonly [name: string, change: (text: string) => string][] = [
  ['the line ends of Windows', (text) => text.replace(/\r?\n/g, '\r\n')],
  ['empty lines around it', (text) => `\n${text}\n\n`],
  ['blanks at the ends of lines', (text) => text.replace(/\n/g, '  \n')],
  ['a warning before it', (text) => `WARNING: something (7) is deprecated\n${text}`],
  ['brackets before it', (text) => `[WARNING] [a] {b} is deprecated: "c\n${text}`],
  ['brackets behind it', (text) => `${text}\nWARNING: something [x] is {deprecated}\n`],
];

/** What counts or numbers things rather than measures them. */
const counting =
  /count|blocks|entries|index|attached|platforms|samples|slots|device$|node|agent$|minor|\.(?:gi|ci|pids|gpu)\b/;

/** What is said of the whole, and changes with a part of it. */
const judged = new RegExp(`${counting.source}|status$|available$|unified_memory$`);

const noValues = ['N/A', '[N/A]', 'Not Supported', '[Unknown Error]', 'None', 'ERR!', '-', ''];

/** Every value that is a number, perhaps with a unit, in the place of which another text is put. */
function withoutNumbers(text: string, words: string): string {
  const number = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?: ?(?:MiB|MB|KB\/s|MHz|W|C|%|J))?`;
  const inJson = new RegExp(
    String.raw`(": ?|"value": ?)(?:${number}|"${number}")(?=\s*[,}\]])`,
    'g',
  );
  const inXml = new RegExp(`>${number}<`, 'g');
  const inText = new RegExp(String.raw`(: )${number}(?=\s*\|?$)`, 'gm');
  const inRows = new RegExp(String.raw`(^|, ?)${number}(?=,|\r?$)`, 'gm');
  if (isJson(text)) return text.replace(inJson, `$1${JSON.stringify(words)}`);
  if (text.includes('</')) return text.replace(inXml, `>${words}<`);
  // Twice, since each match ends where the next begins.
  const rows = (lines: string) => lines.replace(inRows, `$1${words}`);
  return /^ .*: |^\|/m.test(text) ? text.replace(inText, `$1${words}`) : rows(rows(text));
}

describe.skipIf(outputs.length === 0)('recordings as other machines would print them', () => {
  it.each(outputs)('$file keeps its facts', async (recording) => {
    for (const [name, change] of otherPrints) {
      const differences = findDifferences(
        recording.expected,
        await read(change(textOf(recording)), recording),
      );
      // A complaint is a reason to look twice.
      expect(
        differences.filter((line) => !line.startsWith('status:')),
        name,
      ).toEqual([]);
    }
  });

  const measured = outputs.filter(({ tool }) =>
    ['nvidia-smi', 'amd-smi', 'rocm-smi', 'xpu-smi', 'nvtop', 'amdgpu_top'].includes(tool),
  );
  it.each(measured)('$file has no number where it says that there is none', async (recording) => {
    const text = textOf(recording);
    for (const words of noValues) {
      const facts = await read(withoutNumbers(text, words), recording);
      const numbers = leavesOf(facts).filter(
        ([path, value]) => typeof value === 'number' && !counting.test(path),
      );
      expect(numbers, words).toEqual([]);
    }
  });

  // Of a tool that goes on measuring the last sample counts, which is another one then.
  const single = outputs.filter(({ tool }) => tool !== 'intel_gpu_top');
  it.each(single)('$file without single lines says nothing else', async (recording) => {
    const text = textOf(recording);
    const known = new Set(leavesOf(await read(text, recording)).map(([, value]) => value));
    const lines = text.split('\n');
    for (let part = 0; part < 24; part += 1) {
      const gone = Math.floor((lines.length * part) / 24);
      const facts = await read(lines.toSpliced(gone, 1).join('\n'), recording);
      const strange = leavesOf(facts).filter(
        ([path, value]) => value != null && !judged.test(path) && !known.has(value),
      );
      expect(strange, `without ${lines[gone]}`).toEqual([]);
    }
  });

  const lists = outputs.filter(
    (recording) => isJson(textOf(recording)) && recording.tool !== 'intel_gpu_top',
  );
  it.each(lists)('$file is read whole or not at all', async (recording) => {
    const text = textOf(recording).trimEnd();
    for (let part = 1; part < 24; part += 1) {
      const facts = (await read(text.slice(0, (text.length * part) / 24), recording)) as {
        gpu_count?: number;
      };
      expect(facts.gpu_count ?? 0, `${part}/24`).toBe(0);
    }
  });
});
