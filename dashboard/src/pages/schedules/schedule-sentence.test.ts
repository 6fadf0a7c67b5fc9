import { sayScheduleReason } from '@node3/shared/schedule-reasons';
import { createInstance, type TFunction } from 'i18next';
import { beforeAll, expect, it } from 'vitest';
import { es as coreTexts } from '../../i18n/core/es.ts';
import { es as flowTexts } from '../../i18n/flows/es.ts';
import { scheduleSentence } from './schedule-sentence.ts';

let t: TFunction;
beforeAll(async () => {
  const instance = createInstance();
  await instance.init({
    lng: 'es',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { es: { translation: { ...coreTexts, ...flowTexts } } },
  });
  ({ t } = instance);
});

const say = (text: string, errorCode: string | null = null, language = 'es') =>
  scheduleSentence({ t, language }, { text, errorCode });

it('says in Spanish why a schedule paused, with its values', () => {
  const jobId = 'job_01KSKE0000000000000000ABCD';
  const paused = sayScheduleReason('failuresJob', { failures: 3, jobId, state: 'timed_out' });
  expect(say(paused)).toEqual({
    words:
      'Se puso en pausa tras 3 fallos seguidos. El último: el job job_01KSKE…ABCD, tiempo agotado.',
    jobId,
  });
  const refused = { failures: 2, code: 'FUNDS_INSUFFICIENT', why: 'It has 0 USDC' };
  const { words, jobId: none } = say(sayScheduleReason('failuresRefused', refused)) ?? {};
  expect(words).toContain(t('error.FUNDS_INSUFFICIENT.title'));
  expect(words).not.toContain('It has');
  expect(none).toBeNull();
});

it('leaves to the server, in English, what tells more than the title of a code', () => {
  const refused = { failures: 2, code: 'FUNDS_INSUFFICIENT', why: 'It has 0 USDC' };
  expect(say(sayScheduleReason('failuresRefused', refused), null, 'en')).toBeNull();
  expect(say('It has 0 USDC.', 'FUNDS_INSUFFICIENT', 'en')).toBeNull();
});

it('says why a job was refused by its code, and leaves other words to the server', () => {
  expect(say('It has 0 USDC.', 'FUNDS_INSUFFICIENT')?.words).toBe(
    t('error.FUNDS_INSUFFICIENT.title'),
  );
  expect(say('Something of a newer marketplace.')).toBeNull();
});
