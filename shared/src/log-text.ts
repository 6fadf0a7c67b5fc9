/** Texts that strangers' programs wrote, made harmless for whoever shows them. */

const escape = String.fromCharCode(0x1b);
const csi = String.fromCharCode(0x9b);
const bell = String.fromCharCode(0x07);
const stringEnd = String.fromCharCode(0x9c);
/** Device control, start of string, operating system command, privacy message, program command. */
const stringStarts = String.fromCharCode(0x90, 0x98, 0x9d, 0x9e, 0x9f);

/**
 * Complete escape sequences: CSI, then strings up to their end, then two-character ones; last of all
 * what is left of control characters, but tab and the carriage return of a progress bar.
 */
const controlling = new RegExp(
  [
    `(?:${escape}\\[|${csi})[0-?]*[ -/]*[@-~]`,
    `(?:${escape}[\\]PX^_]|[${stringStarts}])[^${bell}${escape}${stringEnd}]*(?:${bell}|${escape}\\\\|${stringEnd})?`,
    `${escape}[ -/]*[0-~]`,
    '(?![\\t\\r])\\p{Cc}',
  ].join('|'),
  'gu',
);
const colour = new RegExp(`^${escape}\\[[0-9;:]*m$`);
const colours = new RegExp(`(${escape}\\[[0-9;:]*m)`);
/** The same sequences, also where the text ends within one. */
const openControl = new RegExp(
  [
    `(?:${escape}\\[|${csi})[0-?]*[ -/]*(?:[@-~]|(?<csi>$))`,
    `(?:${escape}[\\]PX^_]|[${stringStarts}])[^${bell}${escape}${stringEnd}]*(?:${bell}|${escape}\\\\|${stringEnd}|(?<string>$)|)`,
    `${escape}[ -/]*(?:[0-~]|(?<short>$))`,
  ].join('|'),
  'gu',
);
const openCharsMax = 64;
/** The control characters but tab, carriage return and line break. */
const suspiciousRanges = [
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
].map((range) => range.map((code) => String.fromCharCode(code)).join('-'));
/** Most lines have none of it, and are found out by one pass without a copy or Unicode's tables. */
const suspicious = new RegExp(`[\\n${suspiciousRanges.join('')}]`);
const suspiciousInLines = new RegExp(`[${suspiciousRanges.join('')}]`);

/** Whether a text has a control character beside tabs and carriage returns. */
export function hasControls(text: string): boolean {
  return suspicious.test(text);
}

/** The same for lines with the breaks between them. */
export function hasControlsInLines(text: string): boolean {
  return suspiciousInLines.test(text);
}

const [tab, lineBreak, carriageReturn, space, del] = [0x09, 0x0a, 0x0d, 0x20, 0x7f];
/** Controls of the second kind are this byte and one below a bound. */
const [secondKind, secondKindBelow] = [0xc2, 0xa0];

/** The same for lines that are UTF-8 still: a text for each is work for the garbage collector. */
export function hasControlsInUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= space && byte < del) continue;
    if (byte < space) {
      if (byte !== lineBreak && byte !== tab && byte !== carriageReturn) return true;
    } else if (byte === del || (byte === secondKind && (bytes[at + 1] ?? 0) < secondKindBelow)) {
      return true;
    }
  }
  return false;
}

/**
 * Takes every control character out of one line but tab and carriage return: escape sequences can
 * rename windows, write the clipboard or hide lines. Colours (SGR) stay when `colours` is `keep`.
 */
export function withoutControls(text: string, colours: 'keep' | 'drop'): string {
  if (!suspicious.test(text)) return text;
  return text.replace(controlling, (found) =>
    colours === 'keep' && colour.test(found) ? found : '',
  );
}

/** Colours and the texts between them, in turn: a text, a colour, a text, and so on. */
export function splitColours(text: string): string[] {
  return text.split(colours);
}

/**
 * For a text that goes on: what of it is complete, and the beginning of an escape sequence at its end,
 * which belongs before the rest. What such a sequence says is left out where it is long.
 */
export function splitOpenControl(text: string): [complete: string, open: string] {
  if (!suspicious.test(text)) return [text, ''];
  for (const { 0: found, index, groups } of text.matchAll(openControl)) {
    if (!Object.values(groups ?? {}).includes('')) continue;
    const introBytes = found.startsWith(escape) ? 2 : 1;
    return [text.slice(0, index), found.length > openCharsMax ? found.slice(0, introBytes) : found];
  }
  return [text, ''];
}

/** A text cut to so many bytes of UTF-8, never within a character. */
export function cutToBytes(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end));
}
