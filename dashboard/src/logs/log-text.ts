/* oxlint-disable no-control-regex -- Finding control characters is what this file is for. */

/**
 * Job output is hostile and meant for terminals. These pure functions turn it into plain text that
 * keeps colours (SGR sequences) and nothing else a terminal would act upon.
 */

const escapeChar = '\u001b';
/** Operating system commands, such as window titles and hyperlinks, ended by BEL or ST. */
const osc = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g;
/** Any other string command: DCS, SOS, PM, APC. */
const stringCommand = /\u001b[PX^_][^\u001b]*(?:\u001b\\)?/g;
/** Control sequences; the last character says which. Only `m` (colour) is kept. */
const csi = /\u001b\[([0-9;:?<=>]*)([ -/]*)([@-~])/g;
const otherEscape = /\u001b(?!\[)[ -/]*[0-~]?/g;
const control = /[\u0000-\u0007\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f]/g;
const colour = /\u001b\[[0-9;:]*m/g;
/**
 * Characters that reorder text, so that a line can't show something else than it says; breaks of lines
 * that are none; and letters that nobody sees.
 */
const bidi =
  /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Most lines have none of it, and are found out in one pass. */
const suspicious = new RegExp(
  '[\\u0000-\\u0007\\u000b-\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f' +
    '\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]',
  'u',
);

/** Removes everything but text, tabs, colour sequences, `\r` and `\b`. */
export function stripControls(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replace(osc, '')
    .replace(stringCommand, '')
    .replace(csi, (sequence, parameters: string, between: string, final: string) => {
      // Erasing the line and going to its first column act as a carriage return does.
      if (final === 'K' && (parameters === '1' || parameters === '2')) return '\r';
      if (final === 'G' && (parameters === '' || parameters === '0' || parameters === '1')) {
        return '\r';
      }
      return final === 'm' && between === '' && /^[0-9;:]*$/.test(parameters) ? sequence : '';
    })
    .replace(otherEscape, '')
    .replace(control, '')
    .replace(bidi, '');
}

/**
 * Progress bars rewrite their line with `\r`; only the last non-empty state is shown. A trailing
 * `\r` is kept, because the next chunk of the same line must replace this one.
 */
export function collapseReturns(text: string): string {
  if (!text.includes('\r')) return text;
  const segments = text.split('\r');
  const trailing = text.endsWith('\r');
  const last = segments.findLast((segment) => segment.replace(colour, '') !== '') ?? '';
  return trailing && last !== '' ? `${last}\r` : last;
}

/** Applies `\b`, which spinners use: each takes back one character. */
export function applyBackspaces(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const char of text) {
    if (char !== '\b') kept.push(char);
    else if (kept.at(-1) !== '\r') kept.pop();
  }
  return kept.join('');
}

/** What is kept of a line: control-free, collapsed, at most `charsMax` long. */
export function cleanLine(text: string, charsMax: number): string {
  const cleaned = collapseReturns(applyBackspaces(stripControls(text.replaceAll('\n', ''))));
  return cleaned.length > charsMax ? `${cleaned.slice(0, charsMax)}…` : cleaned;
}

/** The text a person reads: no colour sequences, no trailing `\r`. */
export function plainText(text: string): string {
  const visible = text.endsWith('\r') ? text.slice(0, -1) : text;
  return visible.includes(escapeChar) ? visible.replace(colour, '') : visible;
}
