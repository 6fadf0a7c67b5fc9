import type { ProblemSaid } from '@node3/shared/agent-problems';
import type { SaidValues } from '@node3/shared/agent-sentences';
import {
  type DoctorFinding,
  type DoctorSubject,
  doctorFindings,
} from '@node3/shared/doctor-findings';
import { fillValues } from '@node3/shared/fill-values';

export type CheckName = DoctorSubject | `GPU ${number}`;

/** One thing that was looked at. `skipped`: it could not be looked at, and `sentence` says why. */
export interface Check {
  name: CheckName;
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  sentence: string;
  /** The command or act that mends it; null for what is well. */
  fix: string | null;
  /** For other languages, with its values; what has none is told as it is. */
  code?: string;
  values?: SaidValues;
}

export function ok(name: CheckName, code: DoctorFinding, values: SaidValues = {}): Check {
  return { ...found(name, code, values), state: 'ok', fix: null };
}

export function failed(name: CheckName, code: DoctorFinding, values: SaidValues = {}): Check {
  return { ...found(name, code, values), state: 'failed' };
}

export function warning(name: CheckName, code: DoctorFinding, values: SaidValues = {}): Check {
  return { ...found(name, code, values), state: 'warning' };
}

export function skipped(name: CheckName, code: DoctorFinding): Check {
  return { ...found(name, code, {}), state: 'skipped', fix: null };
}

/** What another part of the agent has found, in its words and with its code. */
export function told(
  name: CheckName,
  state: 'warning' | 'failed',
  { code, sentence, fix, values }: Omit<ProblemSaid, 'code'> & { code?: string },
): Check {
  return {
    name,
    state,
    sentence,
    fix,
    ...(code === undefined || values === undefined ? {} : { code, values }),
  };
}

function found(name: CheckName, code: DoctorFinding, values: SaidValues) {
  const { sentence, fix }: { sentence: string; fix?: string } = doctorFindings[code];
  const said = { sentence: fillValues(sentence, values), code, values };
  return { name, ...said, fix: fix === undefined ? null : fillValues(fix, values) };
}
