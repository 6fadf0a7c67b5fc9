import { Stack, Switch, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../parts/section-card.tsx';
import type { PolicyFieldsProps } from './policy-fields.ts';

export function JobFields(props: PolicyFieldsProps) {
  const { t } = useTranslation();
  return (
    <SectionCard title={t('policy.jobs')} description={t('policy.jobs.text')}>
      <Stack gap="lg">
        <LimitedList field="imagesAllowed" placeholder={'python:3.12\nghcr.io/acme/*'} {...props} />
        <LimitedList field="registriesAllowed" placeholder={'docker.io\nghcr.io'} {...props} />
        <PlainList
          field="egressHosts"
          placeholder={'huggingface.co\n*.pythonhosted.org'}
          {...props}
        />
        <PlainList field="requestersBlocked" placeholder="acc_…" {...props} />
        <Switch
          label={t('policy.nativeAllowed')}
          description={t('policy.nativeAllowed.text')}
          checked={props.draft.nativeAllowed}
          onChange={(event) => props.onChange({ nativeAllowed: event.currentTarget.checked })}
        />
      </Stack>
    </SectionCard>
  );
}

interface LimitedListProps extends PolicyFieldsProps {
  field: 'imagesAllowed' | 'registriesAllowed';
  placeholder: string;
}

/** All, or only those that are listed: an empty list is none at all. */
function LimitedList({ field, placeholder, draft, errors, onChange }: LimitedListProps) {
  const { t } = useTranslation();
  const { limited, text } = draft[field];
  return (
    <Stack gap="xs">
      <Switch
        label={t(`policy.${field}`)}
        description={t(`policy.${field}.text`)}
        checked={limited}
        onChange={(event) => onChange({ [field]: { limited: event.currentTarget.checked, text } })}
      />
      {limited && (
        <Textarea
          aria-label={t(`policy.${field}.list`)}
          description={t('policy.oneALine')}
          placeholder={placeholder}
          value={text}
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          error={errors.get(field)}
          onChange={(event) => onChange({ [field]: { limited, text: event.currentTarget.value } })}
        />
      )}
    </Stack>
  );
}

interface PlainListProps extends PolicyFieldsProps {
  field: 'egressHosts' | 'requestersBlocked';
  placeholder: string;
}

function PlainList({ field, placeholder, draft, errors, onChange }: PlainListProps) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t(`policy.${field}`)}
      description={t(`policy.${field}.text`)}
      placeholder={placeholder}
      value={draft[field]}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      error={errors.get(field)}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
}
