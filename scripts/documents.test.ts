import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findCommandFault, readNamedCommands } from './documents/check-commands.ts';
import { findSyntaxFault } from './documents/check-syntax.ts';
import { listDocuments } from './documents/list-documents.ts';
import { readBlocks } from './documents/read-blocks.ts';

/** README, CONTRIBUTING and the guides, as far as that can be tested without running what they say. */

const root = new URL('../', import.meta.url);
const documents = listDocuments(root);
const blocks = documents.flatMap((document) => readBlocks(root, document));
const where = ({ document, line }: { document: string; line: number }) => `${document}:${line}`;

/** Blocks that nothing runs, by document: their comments say why. More of them need a reason, here too. */
const notRun: Record<string, number> = {
  'README.md': 2,
  'docs/guides/agent-protocol.md': 1,
  'docs/guides/authentication.md': 1,
  'docs/guides/benchmarks.md': 1,
  'docs/guides/deploy.md': 4,
  'docs/guides/isolation.md': 2,
  'docs/guides/mcp.md': 1,
  'docs/guides/observe.md': 1,
  'docs/guides/provide.md': 1,
  'docs/guides/rest-api.md': 1,
  'docs/guides/secrets.md': 1,
  'docs/guides/use-the-sdk.md': 1,
};

describe('the blocks of the documents', () => {
  it('are fenced, have a language, and a way to be tested', () => {
    const indented = documents.flatMap((document) => {
      const lines = readFileSync(new URL(document, root), 'utf8').split('\n');
      return lines.flatMap((line, at) =>
        /^ {4}\S/.test(line) && lines[at - 1] === '' ? [`${document}:${at + 1}`] : [],
      );
    });
    expect(indented.filter((place) => !isInBlock(place))).toEqual([]);
    const untested = blocks.filter(({ language, marks }) => {
      const isTested = 'not run' in marks || 'run by' in marks || 'file' in marks;
      return !isTested && language !== 'sh';
    });
    expect(untested.map(where)).toEqual([]);
  });

  it('are run, but for these', () => {
    const unrun = blocks.filter(({ marks }) => 'not run' in marks);
    const counted: Record<string, number> = {};
    for (const { document } of unrun) counted[document] = (counted[document] ?? 0) + 1;
    const listed = unrun.map((block) => `${where(block)}: ${block.marks['not run']}`).join('\n');
    expect(counted, listed).toEqual(notRun);
  });

  it('that are not run here could be read by what would run them', () => {
    const faults = blocks
      .filter(({ marks, language }) => 'not run' in marks || language === 'json')
      .map((block) => `${where(block)}: ${findSyntaxFault(block) ?? 'fine'}`);
    expect(faults.filter((fault) => !fault.endsWith(': fine'))).toEqual([]);
  });

  it('that another test runs are read by that test', () => {
    const lost = blocks.filter(({ document, marks: { 'run by': test } }) => {
      if (test === undefined) return false;
      const path = new URL(test, root);
      const name = document.split('/').at(-1) ?? '';
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(name);
    });
    expect(lost.map(where)).toEqual([]);
  });
});

describe('the sentences of the documents', () => {
  it('name commands that exist, with options that they have', async () => {
    const commands = documents.flatMap((document) => readNamedCommands(root, document));
    expect(commands.length).toBeGreaterThan(50);
    const faults: string[] = [];
    for (const command of commands) {
      const fault = await findCommandFault(root, command);
      if (fault !== null) faults.push(`${where(command)}: ${command.text}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  it('link to files and headings that are there', () => {
    const dead = documents.flatMap((document) => {
      const text = readFileSync(new URL(document, root), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
      return links
        .filter(([, path = '', anchor]) => !leadsSomewhere(document, path, anchor))
        .map(([link]) => `${document}: ${link}`);
    });
    expect(dead).toEqual([]);
  });
});

function isInBlock(place: string): boolean {
  const [document, line = ''] = place.split(':');
  return blocks.some(
    (block) =>
      block.document === document &&
      Number(line) >= block.line &&
      Number(line) < block.line + block.text.split('\n').length,
  );
}

function leadsSomewhere(document: string, path: string, anchor: string | undefined): boolean {
  const target = path === '' ? new URL(document, root) : new URL(path, new URL(document, root));
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  const headings = readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].some(([, heading = '']) => anchorOf(heading) === anchor);
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
