import type { SaidValues } from '@node3/shared/agent-sentences';
import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import { es } from '../../i18n/provider/es.ts';
import { spokenValues } from './said-values.ts';

const i18n = createInstance();
void i18n.init({
  lng: 'es',
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false },
  resources: { es: { translation: es } },
});
const { t } = i18n;

describe('the values of what an agent says', () => {
  it('are in the language of the reader, down to what an Xid means', () => {
    const values: SaidValues = {
      model: 'RTX 4090',
      id: 'GPU-1',
      whyCode: 'sickXid',
      xid: 79,
      what: 'it has fallen off the bus',
      why: 'The driver reported Xid 79: it has fallen off the bus.',
    };
    expect(t('said.device-sick', spokenValues(t, values))).toBe(
      'RTX 4090 (GPU-1) no acepta jobs: El controlador informó del Xid 79: ya no responde en el bus.',
    );
  });

  it('stay as they came where no code is known', () => {
    const values: SaidValues = { whyCode: 'sickOfSomethingNew', xid: 9_999, why: 'It is new.' };
    expect(spokenValues(t, values)).toEqual(values);
  });
});
