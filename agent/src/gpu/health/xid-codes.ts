/** What an Xid of NVIDIA's driver asks of whoever runs the machine. */
export interface XidMeaning {
  /** `application`: the program's own fault. `device`: the GPU must not take jobs. */
  blame: 'application' | 'device' | 'notice';
  sentence: string;
}

/**
 * The codes that take a GPU out of the offer: those for which NVIDIA's catalogue asks for a reset
 * or a restart, and those that node checks of clouds fail for. Source: NVIDIA's Xid catalogue.
 */
const deviceFaults: ReadonlyMap<number, string> = new Map([
  [46, 'it stopped processing'],
  [48, 'its memory had an error that could not be corrected'],
  [54, 'its power cable is not connected'],
  [62, 'its own controller stopped'],
  [64, 'bad memory could not be replaced'],
  [74, 'an NVLink connection failed'],
  [79, 'it has fallen off the bus'],
  [95, 'its memory had an error that could not be contained'],
  [110, 'a security fault was reported'],
  [119, 'its system processor does not answer'],
  [120, 'its system processor failed'],
  [136, 'a link could not be trained'],
  [140, 'its memory had an error that could not be corrected'],
  [142, 'it reported a fault that only its maker can explain'],
  [143, 'it could not be started'],
  [151, 'its driver asks for a restart of the machine'],
  [155, 'an NVLink connection failed'],
  [156, 'a resource was retired'],
  [158, 'it stopped processing'],
]);

export const deviceFaultCodes: readonly number[] = [...deviceFaults.keys()];

/** Codes that a program causes: the job fails, the card is fine (NVIDIA's device plugin). */
const applicationFaults = new Set([
  8, 11, 13, 25, 31, 32, 39, 40, 41, 43, 45, 60, 68, 69, 70, 71, 72, 75, 76, 77, 80, 82, 83, 84, 85,
  86, 88, 89, 94, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 109, 126, 127, 128, 129, 130, 131,
  132, 133, 134, 135, 139,
]);

export function meaningOfXid(code: number): XidMeaning {
  const fault = deviceFaults.get(code);
  if (fault !== undefined) return { blame: 'device', sentence: fault };
  return applicationFaults.has(code)
    ? { blame: 'application', sentence: 'a program made a mistake' }
    : { blame: 'notice', sentence: 'the driver left a notice' };
}
