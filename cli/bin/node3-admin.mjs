#!/usr/bin/env node
// The operator's commands under the name that the node3 seed gave them: node3-admin stats.
process.argv.splice(2, 0, 'admin');
await import('./node3.mjs');
