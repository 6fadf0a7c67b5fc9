import { SegmentedControl } from '@mantine/core';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/copy-text.tsx';
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
      <div className="json-view">
        <pre
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label={form}
          data-testid="job-config"
        >
          {text}
        </pre>
        <div className="json-copy">
          <CopyText value={text} label={t('action.copyNamed', { name: form })} />
        </div>
      </div>
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
