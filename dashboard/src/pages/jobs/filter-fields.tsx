import { Button, Select, TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { jobStates } from '@node3/shared/job-state';
import { IconAdjustmentsHorizontal, IconSearch, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../use-now.ts';
import { dayOf, isFiltered, isLabel, type JobsFilter } from './jobs-search.ts';

const settleMs = 300;

/** Fields that are undefined are taken out. */
export type FilterChanges = { [Field in keyof JobsFilter]: JobsFilter[Field] | undefined };

interface FilterFieldsProps {
  filter: JobsFilter;
  onChange: (changes: FilterChanges) => void;
}

/** Everything that jobs can be found by. What is set is the address, so that it can be shared. */
export function FilterFields({ filter, onChange }: FilterFieldsProps) {
  const { t } = useTranslation();
  const nowMs = useNow(60_000);
  const [opened, { toggle }] = useDisclosure(false);
  const { state, q, gpu, label, from, to } = filter;
  const day = (value: string | undefined) => (value === undefined ? '' : dayOf(value, nowMs));
  return (
    <>
      <Button
        className="filters-toggle"
        variant="default"
        onClick={toggle}
        aria-expanded={opened}
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
      >
        {t('jobs.filters')}
      </Button>
      <search className="filter-fields" data-opened={opened} aria-label={t('jobs.filters')}>
        <SettledInput
          label={t('jobs.filter.q')}
          placeholder={t('jobs.filter.qHint')}
          type="search"
          id="jobs-search"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={q ?? ''}
          maxLength={128}
          onSettled={(text) => onChange({ q: text })}
        />
        <Select
          size="xs"
          label={t('jobs.column.state')}
          placeholder={t('jobs.filter.any')}
          data={jobStates.map((value) => ({ value, label: t(`job.state.${value}`) }))}
          value={jobStates.find((value) => value === state) ?? null}
          onChange={(value) => onChange({ state: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('jobs.clearFilter') }}
        />
        <SettledInput
          label={t('jobs.filter.gpu')}
          placeholder={t('jobs.filter.gpuHint')}
          value={gpu ?? ''}
          maxLength={64}
          onSettled={(text) => onChange({ gpu: text })}
        />
        <SettledInput
          label={t('jobs.filter.byLabel')}
          placeholder="team=vision"
          value={label ?? ''}
          maxLength={1_024}
          refuse={(text) => (isLabel(text) ? null : t('jobs.filter.labelForm'))}
          onSettled={(text) => onChange({ label: text })}
        />
        <TextInput
          size="xs"
          type="date"
          label={t('jobs.filter.from')}
          value={day(from)}
          max={day(to)}
          onChange={({ currentTarget }) => onChange({ from: currentTarget.value || undefined })}
        />
        <TextInput
          size="xs"
          type="date"
          label={t('jobs.filter.to')}
          value={day(to)}
          min={day(from)}
          onChange={({ currentTarget }) => onChange({ to: currentTarget.value || undefined })}
        />
        {isFiltered(filter) && (
          <Button
            size="xs"
            variant="subtle"
            renderRoot={(props) => <Link to="/jobs" search={{}} {...props} />}
            leftSection={<IconX size={14} aria-hidden />}
          >
            {t('jobs.clear')}
          </Button>
        )}
      </search>
    </>
  );
}

interface SettledInputProps extends Omit<TextInputProps, 'onChange' | 'value'> {
  value: string;
  /** Why a text can't be asked for; null where it can. */
  refuse?: (text: string) => string | null;
  onSettled: (text: string | undefined) => void;
}

/** A field whose text is taken when nothing was typed for a moment. */
function SettledInput({ value, refuse, onSettled, ...props }: SettledInputProps) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  // Somebody else has changed the address: a saved view, or the back button.
  if (value !== known) {
    setKnown(value);
    if (value !== text.trim()) setText(value);
  }
  const settle = useDebouncedCallback((typed: string) => {
    const wanted = typed.trim();
    if (wanted !== '' && refuse?.(wanted)) return;
    onSettled(wanted === '' ? undefined : wanted);
  }, settleMs);
  const problem = text.trim() === '' ? null : (refuse?.(text.trim()) ?? null);
  return (
    <TextInput
      size="xs"
      {...props}
      value={text}
      error={problem}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        settle(currentTarget.value);
      }}
    />
  );
}
