import { expect, it } from 'vitest';
import { splitFix } from './split-fix.ts';

it('parts a command from the words before it', () => {
  expect(splitFix('Correct it with: node3 agent policy edit')).toEqual({
    lead: 'Correct it with:',
    command: 'node3 agent policy edit',
  });
  expect(splitFix('Check the network and MARKETPLACE_URL: curl http://a:1/health')).toEqual({
    lead: 'Check the network and MARKETPLACE_URL:',
    command: 'curl http://a:1/health',
  });
  expect(splitFix('Corrígelo con: node3 agent policy edit').lead).toBe('Corrígelo con:');
});

it('leaves a command alone', () => {
  for (const text of [
    'AGENT_DATA_DIR=/path/to/a/folder',
    'curl -i http://127.0.0.1:8000/livez',
    'docker image prune, or: node3 agent policy set diskFloorBytes 1g',
    'sudo timedatectl set-ntp true   (macOS: sudo sntp -sS time.apple.com)',
  ]) {
    expect(splitFix(text)).toEqual({ lead: null, command: text });
  }
});
