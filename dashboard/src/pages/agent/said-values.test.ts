import { sayProblem } from '@node3/shared/agent-problems';
import { agentSentences, type SaidValues, say as sayOf } from '@node3/shared/agent-sentences';
import { sayGpuProblem } from '@node3/shared/gpu-problems';
import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import { en } from '../../i18n/provider/en.ts';
import { es } from '../../i18n/provider/es.ts';
import { spokenValues, wordsOf } from './said-values.ts';

const i18n = createInstance();
void i18n.init({
  lng: 'es',
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false },
  resources: { en: { translation: en }, es: { translation: es } },
});
const { t } = i18n;
/** By a key that is put together. */
const say = (key: string, values: SaidValues) => t(key as 'said.ready', values);

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
    expect(t('said.device-sick', spokenValues(t, 'es', values))).toBe(
      'RTX 4090 (GPU-1) no acepta jobs: El controlador informó del Xid 79: ya no responde en el bus.',
    );
  });

  it('stay as they came where no code is known', () => {
    const values: SaidValues = { whyCode: 'sickOfSomethingNew', xid: 9_999, why: 'It is new.' };
    expect(spokenValues(t, 'es', values)).toEqual(values);
  });

  it('are of a policy too, where its file says why it can not be used', () => {
    const values: SaidValues = { bytes: 70_000, most: 65_536, whyCode: 'policyTooLong', why: '…' };
    const { code } = sayProblem('policy-unusable', values);
    expect(say(`said.${code}`, spokenValues(t, 'es', values))).toMatch(
      /: La política tiene 70000 bytes\. Como mucho puede tener 65536\.$/,
    );
  });

  it.each([
    ['en', 'can not be used: The policy is no JSON. Expected a comma'],
    ['es', 'no se puede usar: La política no es JSON. Expected a comma'],
  ] as const)('say once why a policy is no JSON, in %s', (language, end) => {
    const { text, ...said } = sayOf('policyNoJson', { cause: 'Expected a comma' });
    const values: SaidValues = { ...said.values, whyCode: 'policyNoJson', why: text };
    const inLanguage = i18n.getFixedT(language);
    const sentence = inLanguage('said.policy-unusable', spokenValues(inLanguage, language, values));
    expect(sentence.slice(-end.length)).toBe(end);
  });

  it.each([
    ['en', '58.8 GiB are free, and 10 GiB of them stay yours.'],
    ['es', 'Quedan 58,8 GiB libres, y 10 GiB siguen siendo tuyos.'],
  ] as const)('have the decimal mark of the reader, in %s', (language, sentence) => {
    const inLanguage = i18n.getFixedT(language);
    const values = spokenValues(inLanguage, language, { free: 58.8, floor: 10 });
    expect(inLanguage('said.disk.ok', values)).toBe(sentence);
  });

  it('say in Spanish why the doctor finds a policy wrong', () => {
    const { text, code = '', values } = sayOf('policyNoObject');
    const found = { ...values, whyCode: code, file: '/d/policy.json', why: text };
    expect(t('said.policy.wrong', spokenValues(t, 'es', found))).toBe(
      '/d/policy.json no se puede usar. La política no es un objeto con campos. Escribe {} para dejar todo como viene.',
    );
  });

  it('hide no value of a sentence: none has a `why` of its own', () => {
    expect(Object.values(agentSentences).filter((text) => text.includes('{{why}}'))).toEqual([]);
  });
});

describe('the words of a problem of GPUs', () => {
  it('are those of the tool that says it, where several share a code', () => {
    const said = ({ code, values }: ReturnType<typeof sayGpuProblem>) =>
      say(`said.${wordsOf(code, values)}`, values);
    expect(said(sayGpuProblem('nvidia.driver-not-loaded'))).toBe(
      'El controlador de NVIDIA no está cargado.',
    );
    expect(said(sayGpuProblem('amd.driver-not-loaded'))).toBe(
      'El controlador amdgpu de AMD no está cargado.',
    );
    expect(said(sayGpuProblem('tool.tool-stuck', { tool: 'xpu-smi' }))).toBe(
      'Una ejecución de xpu-smi está colgada en el núcleo.',
    );
  });

  it('are those of the code where only one thing says it', () => {
    expect(wordsOf('disk-full', { mebibytes: 1 })).toBe('disk-full');
    expect(wordsOf('disk-full', { by: 'nobody' })).toBe('disk-full');
  });
});
