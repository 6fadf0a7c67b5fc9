import { SegmentedControl } from '@mantine/core';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBox } from '../../../parts/code-box.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { curlLine } from '../../../shell-command.ts';
import { yamlText } from '../../posting/as-code/yaml-text.ts';

const forms = ['YAML', 'JSON', 'CLI', 'curl'] as const;
type Form = (typeof forms)[number];

/** What was asked for, complete with every default, and how to ask for it again. */
export function ConfigTab({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const [form, setForm] = useState<Form>('YAML');
  const text = configText(job, form);
  const isSpec = form === 'YAML' || form === 'JSON';
  return (
    <SectionCard
      title={t('job.spec')}
      description={isSpec ? t('job.specText') : t('job.againText')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('job.specForm')}
          data={[...forms]}
          value={form}
          onChange={(value) => setForm(forms.find((one) => one === value) ?? 'YAML')}
        />
      }
    >
      <CodeBox
        text={text}
        label={form}
        copyLabel={t('action.copyNamed', { name: form })}
        testId="job-config"
      />
    </SectionCard>
  );
}

function configText({ jobId, spec }: JobDetail, form: Form): string {
  const url = `${location.origin}/api/v1/jobs/${jobId}/rerun`;
  const texts: Record<Form, () => string> = {
    YAML: () => yamlText(spec),
    JSON: () => JSON.stringify(spec, null, 2),
    CLI: () => `node3 job rerun ${jobId}`,
    curl: () => curlLine({ method: 'POST', url, body: {} }),
  };
  return texts[form]();
}
