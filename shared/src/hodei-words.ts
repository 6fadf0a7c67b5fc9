/** The words of Hodei Jobs on its wire, for its REST and its gRPC. */

export const hodeiStates = [
  'PENDING',
  'ASSIGNED',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'TIMEOUT',
] as const;
export type HodeiState = (typeof hodeiStates)[number];

export const hodeiFailureReasons = [
  'COMMAND_NOT_FOUND',
  'PERMISSION_DENIED',
  'FILE_NOT_FOUND',
  'PROCESS_SPAWN_FAILED',
  'EXECUTION_TIMEOUT',
  'SIGNAL_RECEIVED',
  'NON_ZERO_EXIT_CODE',
  'INFRASTRUCTURE_ERROR',
  'VALIDATION_ERROR',
  'CONFIGURATION_ERROR',
  'SECRET_INJECTION_ERROR',
  'IO_ERROR',
] as const;
export type HodeiFailureReason = (typeof hodeiFailureReasons)[number];

/** Of a line of a log. */
export const hodeiLevels = ['INFO', 'WARN', 'ERROR'] as const;
export type HodeiLevel = (typeof hodeiLevels)[number];
