#!/usr/bin/env node
// The provider's commands by a name of their own: node3-agent start.
process.argv.splice(2, 0, 'agent');
await import('./node3.mjs');
