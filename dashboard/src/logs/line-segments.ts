import { type StyledPart, styleParts } from './ansi.ts';
import { plainText } from './log-text.ts';

/** A piece of a row that looks the same all over. */
export interface LineSegment extends StyledPart {
  /** Where it leads to: http and https only. */
  href: string | null;
  isMarked: boolean;
}

export type Span = readonly [start: number, end: number];

const address = /https?:\/\/[^\s<>"'`]{1,2000}/g;
const trailing = /[.,;:!?)\]}]+$/;

/** Where addresses begin and end in a text, and where they lead to. */
export function findLinks(text: string): { span: Span; href: string }[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(address)].flatMap(({ 0: found, index }) => {
    const said = found.replace(trailing, '');
    const href = safeAddress(said);
    return href === null ? [] : [{ span: [index, index + said.length] as const, href }];
  });
}

/** An address with a name and a password before its host looks like another host's. */
function safeAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' ? url.href : null;
}

/** Cuts a row where its colours, its links or what was found in it begin and end. */
export function lineSegments(text: string, marks: readonly Span[]): LineSegment[] {
  const visible = text.endsWith('\r') ? text.slice(0, -1) : text;
  const links = findLinks(plainText(visible));
  const parts = styleParts(visible);
  if (links.length === 0 && marks.length === 0) {
    return parts.map((part) => ({ ...part, href: null, isMarked: false }));
  }
  const cuts = [...links.map(({ span }) => span), ...marks].flat();
  const segments: LineSegment[] = [];
  let at = 0;
  for (const part of parts) {
    const end = at + part.text.length;
    const inside = cuts.filter((cut) => cut > at && cut < end);
    const places = [...new Set([at, ...inside, end])].toSorted((a, b) => a - b);
    for (const [index, from] of places.entries()) {
      const to = places[index + 1];
      if (to === undefined) continue;
      segments.push({
        ...part,
        text: part.text.slice(from - at, to - at),
        href: links.find(({ span }) => covers(span, from))?.href ?? null,
        isMarked: marks.some((mark) => covers(mark, from)),
      });
    }
    at = end;
  }
  return segments;
}

function covers([start, end]: Span, at: number): boolean {
  return start <= at && at < end;
}
