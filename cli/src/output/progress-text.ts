import { cutToWidth, displayWidth } from './display-width.ts';
import { sanitisePart } from './sanitise.ts';
import { bytesText, durationText } from './words.ts';

/** How far something is that comes in bytes; null is unknown. */
export interface ProgressFacts {
  bytesDone: number | null;
  bytesTotal: number | null;
  bytesPerSec: number | null;
  etaSec: number | null;
  layersDone?: number | null;
  layersTotal?: number | null;
}

const labelWidth = 10;
const nameWidthMax = 32;
const barWidth = 12;
const gap = '  ';

/**
 * `uploading model.bin  ███████░░░░░  58 %  2.3 GB of 4.0 GB  12.3 MB/s  2m 18s left`. Where it does not
 * fit, what matters least goes first. What is unknown is left out.
 */
export function progressText(
  label: string,
  name: string,
  facts: ProgressFacts,
  columns = Number.POSITIVE_INFINITY,
): string {
  const shortName = cutToWidth(sanitisePart(name), nameWidthMax);
  const percent = percentOf(facts);
  const parts: Part[] = [
    { text: shortName, worth: 5 },
    { text: percent === null ? null : barText(percent), worth: 0 },
    { text: percent === null ? null : `${percent} %`, worth: 6 },
    { text: amountText(facts), worth: 3 },
    {
      text: facts.bytesPerSec === null ? null : `${bytesText(Math.round(facts.bytesPerSec))}/s`,
      worth: 2,
    },
    {
      text: facts.etaSec === null ? null : `${durationText(Math.ceil(facts.etaSec) * 1_000)} left`,
      worth: 4,
    },
    { text: layersText(facts), worth: 1 },
  ];
  return fitParts(label, parts, columns);
}

/** A part of a line, and how late it goes where there is no room; null where there is none of it. */
export interface Part {
  text: string | null;
  worth: number;
}

export function fitParts(label: string, parts: readonly Part[], columns: number): string {
  const shown = parts.filter((part): part is Part & { text: string } => part.text !== null);
  const line = () => `${label.padEnd(labelWidth)}${shown.map(({ text }) => text).join(gap)}`;
  while (shown.length > 1 && displayWidth(line()) > columns) {
    const least = shown.reduce((one, other) => (other.worth < one.worth ? other : one));
    shown.splice(shown.indexOf(least), 1);
  }
  return cutToWidth(line(), columns);
}

function percentOf({ bytesDone, bytesTotal }: ProgressFacts): number | null {
  if (bytesDone === null || bytesTotal === null) return null;
  return bytesTotal === 0 ? 100 : Math.min(100, Math.floor((100 * bytesDone) / bytesTotal));
}

function barText(percent: number): string {
  const full = Math.floor((barWidth * percent) / 100);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function amountText({ bytesDone, bytesTotal }: ProgressFacts): string | null {
  if (bytesDone === null) return null;
  return bytesTotal === null
    ? bytesText(bytesDone)
    : `${bytesText(bytesDone)} of ${bytesText(bytesTotal)}`;
}

function layersText({ layersDone, layersTotal }: ProgressFacts): string | null {
  if (typeof layersDone !== 'number' || typeof layersTotal !== 'number') return null;
  return `${layersDone} of ${layersTotal} layers`;
}
