import { Button, Stack } from '@mantine/core';
import type { Account } from '@node3/shared/routes/accounts';
import type { TemplateDetail } from '@node3/shared/routes/templates';
import type { ParameterValues } from '@node3/shared/template';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { templatePreviewQuery, templateQuery } from '../../../queries/posting.ts';
import { JobForm } from '../job-form/job-form.tsx';
import { ParameterFields } from './parameter-fields.tsx';
import { defaultsOf, missingOf, parameterValues } from './parameter-values.ts';
import { useTemplateWords } from './use-template-words.ts';
import '../work.css';

interface TemplateStartProps {
  account: Account;
  templateId: string;
}

/** The form filled with a template, after its parameters. */
export function TemplateStart({ account, templateId }: TemplateStartProps) {
  const query = useQuery({
    ...templateQuery(useApp(), templateId),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <QueryView query={query} lines={8}>
      {(template) => <FilledForm account={account} template={template} />}
    </QueryView>
  );
}

interface FilledFormProps {
  account: Account;
  template: TemplateDetail;
}

function FilledForm({ account, template }: FilledFormProps) {
  const { parameters, templateId, version } = template;
  const [filled, setFilled] = useState<ParameterValues | null>(parameters.length === 0 ? {} : null);
  const query = useQuery({
    ...templatePreviewQuery(useApp(), templateId, { version, parameters: filled ?? {} }),
    enabled: filled !== null,
  });
  return (
    <Stack gap="lg">
      {parameters.length > 0 && <ParameterCard template={template} onFill={setFilled} />}
      {filled !== null && (
        <QueryView query={query} lines={8}>
          {({ spec }) => (
            <JobForm
              // Other values are another form.
              key={JSON.stringify(filled)}
              account={account}
              start={{
                kind: 'template',
                templateId,
                version,
                parameters: filled,
                spec,
              }}
            />
          )}
        </QueryView>
      )}
    </Stack>
  );
}

interface ParameterCardProps {
  template: TemplateDetail;
  onFill: (values: ParameterValues) => void;
}

export function ParameterCard({ template, onFill }: ParameterCardProps) {
  const { t } = useTranslation();
  const { parameters } = template;
  const [values, setValues] = useState(() => defaultsOf(parameters));
  const { name, description } = useTemplateWords(template);
  const missing = missingOf(parameters, values);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (missing.length === 0) onFill(parameterValues(parameters, values));
  }
  return (
    <SectionCard
      title={t('parameters.title', { name })}
      description={description ?? t('parameters.text')}
    >
      <form onSubmit={submit} aria-label={t('parameters.title', { name })}>
        <ParameterFields parameters={parameters} values={values} onChange={setValues} />
        <Button type="submit" mt="md" disabled={missing.length > 0}>
          {t('parameters.fill')}
        </Button>
      </form>
    </SectionCard>
  );
}
