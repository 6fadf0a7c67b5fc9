import { jobStates } from '@node3/shared/job-state';
import { expect, it } from 'vitest';
import { enFrame } from '../i18n/core/en-frame.ts';
import { esFrame } from '../i18n/core/es-frame.ts';
import { embedTexts, readLanguage } from './embed-texts.ts';

it('calls the states of a job as the web app does', () => {
  for (const state of jobStates) {
    expect(embedTexts.en.states[state]).toBe(enFrame[`job.state.${state}`]);
    expect(embedTexts.es.states[state]).toBe(esFrame[`job.state.${state}`]);
  }
});

it('speaks Spanish where it is asked for, else English', () => {
  expect(['es', 'es-MX', 'ES', 'en', 'est', ''].map(readLanguage)).toEqual([
    'es',
    'es',
    'es',
    'en',
    'en',
    'en',
  ]);
});
