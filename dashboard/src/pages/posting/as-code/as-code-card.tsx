import { Group, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/copy-text.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { type CodeForm, codeForms, codeText } from './code-forms.ts';

const names: Record<CodeForm, string> = {
  cli: 'CLI',
  curl: 'curl',
  typescript: 'TypeScript',
  python: 'Python',
  yaml: 'YAML',
};

/** The job of the form in other words, in step with it. */
export function AsCodeCard() {
  const { t } = useTranslation();
  const { start, spec } = useJobForm();
  const [form, setForm] = useState<CodeForm>('cli');
  const text = codeText(form, start, spec, location.origin);
  return (
    <SectionCard title={t('asCode.title')} description={t('asCode.text')}>
      <Tabs
        value={form}
        keepMounted={false}
        onChange={(value) => setForm(codeForms.find((one) => one === value) ?? 'cli')}
      >
        <Tabs.List mb="sm">
          {codeForms.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {names[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {codeForms.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Group wrap="nowrap" align="flex-start" gap="xs">
              <pre
                className="command-text work-code"
                // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
                tabIndex={0}
                aria-label={names[one]}
                data-testid={`as-${one}`}
              >
                {text}
              </pre>
              <CopyText value={text} label={t('action.copyNamed', { name: names[one] })} />
            </Group>
          </Tabs.Panel>
        ))}
      </Tabs>
    </SectionCard>
  );
}
