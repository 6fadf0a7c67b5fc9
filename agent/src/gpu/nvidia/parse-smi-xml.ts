import { newSection, type SmiDocument, type SmiSection, sectionDepthMax } from './smi-section.ts';

/** Tags, comments, processing instructions and the document type; text lies between matches. */
const token = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>|<(\/?)([A-Za-z_][\w.-]*)([^<>]*?)(\/?)>/g;

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the output of `nvidia-smi -q -x`. Deliberately lenient: the tool writes process names
 * unescaped and may be cut off, and neither should hide the cards that were printed whole.
 * @returns `null` when there is no report in the output.
 */
export function parseSmiXml(output: string): SmiDocument | null {
  const start = output.search(/<\?xml|<nvidia_smi_log/);
  if (start < 0) return null;
  const top = newSection('', null);
  const open: SmiSection[] = [top];
  let textFrom = start;
  token.lastIndex = start;
  for (let match = token.exec(output); match !== null; match = token.exec(output)) {
    const [whole, closing, name, attributes, selfClosing] = match;
    const here = open.at(-1) ?? top;
    if (here.children.length === 0) here.text += output.slice(textFrom, match.index);
    textFrom = match.index + whole.length;
    if (name === undefined) continue;
    if (closing === '/') closeSection(open, name);
    else if (open.length <= sectionDepthMax) {
      const section = newSection(name, /\bid="([^"]*)"/.exec(attributes ?? '')?.[1] ?? null);
      here.children.push(section);
      if (selfClosing !== '/') open.push(section);
    }
  }
  const root = top.children.find((child) => child.name === 'nvidia_smi_log');
  if (root === undefined) return null;
  decodeTexts(root);
  return {
    root,
    complete: open.length === 1,
    notices: noticesOf(output.slice(0, start)),
  };
}

/** Closes up to the named section. A stray closing tag out of a process name matches none. */
function closeSection(open: SmiSection[], name: string): void {
  const at = open.findLastIndex((section) => section.name === name);
  if (at > 0) open.length = at;
}

function decodeTexts(section: SmiSection): void {
  section.text = section.text
    .replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .trim();
  for (const child of section.children) decodeTexts(child);
}

function noticesOf(preamble: string): string[] {
  return preamble
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
