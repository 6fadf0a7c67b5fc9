/** How the lines begin that say of a log that there is less of it than the program wrote. */
export const logMarks = {
  truncated: '[output truncated',
  cutOff: '[log cut off',
  unreadable: '[the agent could not read',
} as const;
