import { isXidFault, xidFaults, xidOthers } from '@node3/shared/device-faults';

/** What an Xid of NVIDIA's driver asks of whoever runs the machine. */
export interface XidMeaning {
  /** `application`: the program's own fault. `device`: the GPU must not take jobs. */
  blame: 'application' | 'device' | 'notice';
  sentence: string;
}

export const deviceFaultCodes: readonly number[] = Object.keys(xidFaults).map(Number);

/** Codes that a program causes: the job fails, the card is fine (NVIDIA's device plugin). */
const applicationFaults = new Set([
  8, 11, 13, 25, 31, 32, 39, 40, 41, 43, 45, 60, 68, 69, 70, 71, 72, 75, 76, 77, 80, 82, 83, 84, 85,
  86, 88, 89, 94, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 109, 126, 127, 128, 129, 130, 131,
  132, 133, 134, 135, 139,
]);

export function meaningOfXid(code: number): XidMeaning {
  if (isXidFault(code)) return { blame: 'device', sentence: xidFaults[code] };
  const blame = applicationFaults.has(code) ? 'application' : 'notice';
  return { blame, sentence: xidOthers[blame] };
}
