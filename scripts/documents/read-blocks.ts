import { readFileSync } from 'node:fs';

/** One block of code in a document, with what the HTML comments right above it say about it. */
export interface Block {
  document: string;
  /** Of its first line of code, counted from 1. */
  line: number;
  /** The word after the fence; empty where there is none. */
  language: string;
  text: string;
  marks: Marks;
}

/** How a block is tested, where it is not simply a shell command that is run. */
export interface Marks {
  /** Why it can't run here. Its syntax is checked instead, and it is counted. */
  'not run'?: string;
  /** The test that runs it as it is printed. */
  'run by'?: string;
  /** It is the content of this file, which later blocks of the document use. */
  file?: string;
  /** Shell that a reader has done already; runs before the block. */
  given?: string;
  /** It doesn't end by itself: it is stopped once it has printed this. */
  until?: string;
}

const markNames: readonly string[] = ['not run', 'run by', 'file', 'given', 'until'];

/** @throws Error naming the line where a fence isn't closed or a mark isn't known. */
export function readBlocks(root: URL, document: string): Block[] {
  const lines = readFileSync(new URL(document, root), 'utf8').split('\n');
  const blocks: Block[] = [];
  let marks: Marks = {};
  for (let at = 0; at < lines.length; at += 1) {
    const text = lines[at] ?? '';
    const fence = /^( *)```(\S*)\s*$/.exec(text);
    if (fence !== null) {
      const [, indent = '', language = ''] = fence;
      const end = lines.findIndex((line, index) => index > at && line === `${indent}\`\`\``);
      if (end < 0) throw new Error(`${document}:${at + 1}: the block is not closed`);
      const body = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
      blocks.push({ document, line: at + 2, language, text: `${body.join('\n')}\n`, marks });
      marks = {};
      at = end;
    } else if (/^ *<!-- /.test(text)) {
      const end = lines.findIndex((line, index) => index >= at && line.trimEnd().endsWith('-->'));
      if (end < 0) throw new Error(`${document}:${at + 1}: the comment is not closed`);
      const comment = lines.slice(at, end + 1).join('\n');
      marks = { ...marks, ...readMark(comment, `${document}:${at + 1}`) };
      at = end;
    } else if (text !== '') {
      marks = {};
    }
  }
  return blocks;
}

function readMark(comment: string, where: string): Marks {
  const [, name = '', value = ''] = /<!-- ([a-z ]+):\s+([\s\S]*?)\s*-->/.exec(comment) ?? [];
  if (!markNames.includes(name) || value === '') {
    throw new Error(`${where}: a comment says one of: ${markNames.join(', ')}, a colon, and what`);
  }
  return { [name]: value };
}
