import { agentProblems } from '@node3/shared/agent-problems';
import { agentSentences, type SaidValues } from '@node3/shared/agent-sentences';
import { isXidFault } from '@node3/shared/device-faults';
import { doctorFindings } from '@node3/shared/doctor-findings';
import { gpuProblems } from '@node3/shared/gpu-problems';
import type { TFunction } from 'i18next';
import { formatNumber } from '../../format.ts';

const known = { ...agentSentences, ...agentProblems, ...doctorFindings, ...gpuProblems };
type KnownCode = keyof typeof known;

/** A newer agent may have codes that this page has no words for. */
export function isKnown(code: unknown): code is KnownCode {
  return typeof code === 'string' && Object.hasOwn(known, code);
}

/** What the words of a code stand under: several tools of GPUs say the same code in their own words. */
export function wordsOf(code: string | undefined, values: SaidValues = {}): string | undefined {
  const { by } = values;
  const own = `${by}.${code}`;
  return by !== undefined && isKnown(own) ? own : code;
}

/** The values of a sentence; those that are sentences of a code themselves, in the reader's language. */
export function spokenValues(t: TFunction, language: string, values: SaidValues): SaidValues {
  const { whyCode, xid } = values;
  const what = typeof xid === 'number' && isXidFault(xid) ? { what: t(`xid.${xid}`) } : {};
  const written = Object.entries(values).map(([name, value]) => [name, write(value, language)]);
  const all: SaidValues = { ...Object.fromEntries(written), ...what };
  return isKnown(whyCode) ? { ...all, why: t(`said.${whyCode}`, all) } : all;
}

/** Whole numbers are counts, codes and ports as well: those stay as they are. */
function write(value: string | number, language: string): string | number {
  return typeof value === 'number' && !Number.isInteger(value)
    ? formatNumber(value, language, 3)
    : value;
}
