import Anser from 'anser';

export interface StyledPart {
  text: string;
  className: string;
  /** True colour and the 216-colour cube have no class; they are CSS colours. */
  color: string | null;
  background: string | null;
}

const classByDecoration: Record<string, string> = {
  bold: 'ansi-bold',
  dim: 'ansi-dim',
  italic: 'ansi-italic',
  underline: 'ansi-underline',
  strikethrough: 'ansi-strike',
  reverse: 'ansi-reverse',
};

/** Splits clean text into styled parts. They become React text nodes: never HTML. */
export function styleParts(text: string): StyledPart[] {
  if (!text.includes('\u001b')) {
    return [{ text, className: '', color: null, background: null }];
  }
  const entries = Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true });
  return entries.map((entry) => {
    const names = entry.decorations.map((name) => classByDecoration[name] ?? '');
    if (isNamed(entry.fg)) names.push(entry.fg);
    if (isNamed(entry.bg)) names.push(`${entry.bg}-bg`);
    return {
      text: entry.content,
      className: names.filter(Boolean).join(' '),
      color: cssColour(entry.fg, entry.fg_truecolor),
      background: cssColour(entry.bg, entry.bg_truecolor),
    };
  });
}

/** The sixteen colours a theme may adapt, such as `ansi-bright-red`. */
function isNamed(name: string | null): name is string {
  return name !== null && /^ansi-(bright-)?[a-z]+$/.test(name) && !name.includes('truecolor');
}

function cssColour(name: string | null, truecolor: string | null): string | null {
  const match = name === 'ansi-truecolor' ? /^(\d+), ?(\d+), ?(\d+)$/.exec(truecolor ?? '') : null;
  if (match !== null) return `rgb(${match[1]} ${match[2]} ${match[3]})`;
  const index = /^ansi-palette-(\d+)$/.exec(name ?? '')?.[1];
  return index === undefined ? null : paletteColour(Number(index));
}

/** Colours 16–255 of the xterm palette: a 6×6×6 cube, then a ramp of greys. */
function paletteColour(index: number): string | null {
  if (index < 16 || index > 255) return null;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  const red = level(Math.floor(cube / 36));
  const green = level(Math.floor(cube / 6) % 6);
  return `rgb(${red} ${green} ${level(cube % 6)})`;
}
