/** What the agent's log can be narrowed to, from the most words to the fewest. */
export const agentLogLevels = ['debug', 'info', 'warn', 'error'] as const;
