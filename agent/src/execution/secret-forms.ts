import { Buffer } from 'node:buffer';
import { limits } from '@node3/shared/limits';
import { withoutControls } from '@node3/shared/log-text';

/** Where tools break the lines of an encoding: base64, PEM and `xxd -p`. */
const wrapsAt = [76, 64, 60];

/**
 * Every way in which a program may print a value on one line: as it is, in base64 (also inside of
 * something longer), in hex, in an address, or in JSON. Of a value of several lines each line counts.
 * Forms that are too short to mean anything are left out.
 */
export function secretForms(value: string): string[] {
  const bytes = Buffer.from(value);
  const encoded = [...base64Forms(bytes), ...wrapped(bytes.toString('base64'))];
  const hex = [bytes.toString('hex'), ...wrapped(bytes.toString('hex'))];
  const forms = [
    // As it is looked for: without its colours too.
    withoutControls(value, 'drop'),
    ...value.split(/[\r\n]+/).filter((line) => !line.startsWith('-----')),
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...hex,
    ...hex.map((text) => text.toUpperCase()),
    ...urlForms(value, bytes),
    ...jsonForms(value),
  ];
  const usable = forms
    .map((form) => form.trim())
    .filter((form) => form.length >= limits.secretChars && !/[\r\n]/.test(form));
  return [...new Set(usable)];
}

/** The whole encoding, and what all longer texts with the value at any place have in common. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const begin = Math.ceil((shift * 8) / 6);
    return text.slice(begin, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return [whole, whole.replaceAll('=', ''), ...inner];
}

function wrapped(text: string): string[] {
  return wrapsAt.flatMap((width) => {
    const lines: string[] = [];
    for (let at = 0; text.length > width && at < text.length; at += width) {
      lines.push(text.slice(at, at + width));
    }
    return lines;
  });
}

/** With what other languages escape too: slashes, letters beyond ASCII, and HTML's characters. */
function jsonForms(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1);
  return [plain, plain.replaceAll('/', '\\/')].flatMap((text) => {
    const ascii = text.replace(/[\u007f-\uffff]/g, unicodeEscape);
    const html = [text, ascii].map((form) => form.replace(/[<>&']/g, unicodeEscape));
    const forms = [text, ascii, ...html];
    return [...forms, ...forms.map((form) => form.replace(/\\u[0-9a-f]{4}/g, largeEscape))];
  });
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function largeEscape(escape: string): string {
  return `\\u${escape.slice(2).toUpperCase()}`;
}

function urlForms(value: string, bytes: Buffer): string[] {
  const component = encodeURIComponent(value.toWellFormed());
  const strict = component.replace(/[!'()*]/g, percent);
  const every = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const forms = [component, strict, strict.replaceAll('%20', '+'), every, every.toUpperCase()];
  return [
    ...forms,
    ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
  ];
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
