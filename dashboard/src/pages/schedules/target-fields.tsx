import { NativeSelect, SegmentedControl } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { listTemplates } from '@node3/shared/routes/templates';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CodeEditor } from '../../parts/code-editor/code-editor.tsx';
import { ErrorWords } from '../../parts/error-words.tsx';
import type { ScheduleDraft, ScheduleProblem } from './schedule-draft.ts';

interface TargetFieldsProps {
  draft: ScheduleDraft;
  onChange: (part: Partial<ScheduleDraft>) => void;
  problemOf: (field: ScheduleProblem) => string | undefined;
}

/** What is posted: a job, or a template with its parameters. */
export function TargetFields({ draft, onChange, problemOf }: TargetFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <SegmentedControl
        aria-label={t('schedule.target')}
        value={draft.target}
        onChange={(target) => onChange({ target })}
        data={(['job', 'template'] as const).map((value) => ({
          value,
          label: t(`schedule.target.${value}`),
        }))}
      />
      {draft.target === 'job' ? (
        <CodeEditor
          label={t('schedule.spec')}
          description={t('schedule.specText')}
          value={draft.spec}
          onChange={(spec) => onChange({ spec })}
          language="json"
          bytesMax={limits.jobBodyBytes}
          rows={16}
          error={problemOf('spec')}
        />
      ) : (
        <>
          <TemplatePicker draft={draft} onChange={onChange} error={problemOf('templateId')} />
          <CodeEditor
            label={t('schedule.parameters')}
            value={draft.parameters}
            onChange={(parameters) => onChange({ parameters })}
            language="json"
            bytesMax={limits.jobBodyBytes}
            rows={8}
            error={problemOf('parameters')}
          />
        </>
      )}
    </>
  );
}

interface TemplatePickerProps extends Pick<TargetFieldsProps, 'draft' | 'onChange'> {
  error: string | undefined;
}

function TemplatePicker({ draft, onChange, error }: TemplatePickerProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const query = useQuery({
    queryKey: ['own', 'templates', 'of-schedule'],
    queryFn: ({ signal }) =>
      client.call(listTemplates, { query: { limit: limits.listPageMax } }, { signal }),
  });
  const known = query.data?.data ?? [];
  return (
    <NativeSelect
      label={t('schedule.template')}
      value={draft.templateId}
      onChange={({ currentTarget }) => onChange({ templateId: currentTarget.value })}
      error={error ?? (query.error === null ? null : <ErrorWords error={query.error} />)}
      data={[
        { value: '', label: t('schedule.templateNone') },
        ...known.map(({ templateId, name }) => ({ value: templateId, label: name })),
      ]}
    />
  );
}
