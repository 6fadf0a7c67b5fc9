/**
 * The codes of NVIDIA's driver (Xid) that take a GPU out of the offer, with what each says of it: those
 * for which NVIDIA's catalogue asks for a reset or a restart, and those that node checks of clouds fail
 * for. Source: NVIDIA's Xid catalogue.
 */
export const xidFaults = {
  46: 'it stopped processing',
  48: 'its memory had an error that could not be corrected',
  54: 'its power cable is not connected',
  62: 'its own controller stopped',
  64: 'bad memory could not be replaced',
  74: 'an NVLink connection failed',
  79: 'it has fallen off the bus',
  95: 'its memory had an error that could not be contained',
  110: 'a security fault was reported',
  119: 'its system processor does not answer',
  120: 'its system processor failed',
  136: 'a link could not be trained',
  140: 'its memory had an error that could not be corrected',
  142: 'it reported a fault that only its maker can explain',
  143: 'it could not be started',
  151: 'its driver asks for a restart of the machine',
  155: 'an NVLink connection failed',
  156: 'a resource was retired',
  158: 'it stopped processing',
} as const;

export type XidFault = keyof typeof xidFaults;

export function isXidFault(code: number): code is XidFault {
  return Object.hasOwn(xidFaults, code);
}

/** What all other codes say. */
export const xidOthers = {
  application: 'a program made a mistake',
  notice: 'the driver left a notice',
} as const;

/** Why a GPU takes no jobs, by code; `{{what}}` is what its Xid says. */
export const sicknessSentences = {
  sickXid: 'The driver reported Xid {{xid}}: {{what}}.',
  sickReset: 'The driver could not reset this GPU; restart the machine.',
  sickRecovery: 'The driver asks for this recovery of the GPU: {{action}}.',
  sickPower: 'It has been slowed down for a minute because the power supply is overloaded.',
  sickHeat: 'It has been slowed down for a minute to protect itself from heat.',
  sickError: 'Its memory had 1 error that could not be corrected; reset it.',
  sickErrors: 'Its memory had {{count}} errors that could not be corrected; reset it.',
  sickMemory:
    '{{gibibytes}} GiB of its memory were not freed after its last job; something still holds them.',
  sickMemoryBy:
    '{{gibibytes}} GiB of its memory were not freed after its last job; process {{processes}} still holds them.',
} as const;
