import manifest from '../package.json' with { type: 'json' };

/** Version of this agent, as in its package. */
export const agentVersion: string = manifest.version;
