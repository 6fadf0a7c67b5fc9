import {
  Autocomplete,
  Button,
  Card,
  Chip,
  Grid,
  Group,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { limits } from '@node3/shared/limits';
import {
  type CatchUp,
  catchUps,
  overlaps,
  type ScheduleSummary,
} from '@node3/shared/routes/schedules';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CommandLines } from '../../parts/command-lines.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { type CurlRequest, curlLine } from '../../shell-command.ts';
import { NextTimes } from './next-times.tsx';
import {
  checkSchedule,
  draftOfSchedule,
  emptySchedule,
  type ScheduleDraft,
  type ScheduleProblem,
  toRules,
  toSchedule,
} from './schedule-draft.ts';
import { TargetFields } from './target-fields.tsx';

interface ScheduleFormProps {
  /** The one that is changed; its job stays. */
  kept?: ScheduleSummary;
  pending: boolean;
  error: Error | null;
  onSubmit: (draft: ScheduleDraft) => void;
}

const examples = [
  { cron: '@hourly', label: 'schedule.example.hourly' },
  { cron: '30 2 * * *', label: 'schedule.example.nightly' },
  { cron: '0 9 * * MON-FRI', label: 'schedule.example.workdays' },
  { cron: '0 6 1 * *', label: 'schedule.example.monthly' },
] as const;

export function ScheduleForm({ kept, pending, error, onSubmit }: ScheduleFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() =>
    kept === undefined ? emptySchedule(ownTimezone()) : draftOfSchedule(kept),
  );
  const [submitted, setSubmitted] = useState(false);
  const problems = checkSchedule(draft);
  const change = (part: Partial<ScheduleDraft>) => setDraft((before) => ({ ...before, ...part }));
  function problemOf(field: ScheduleProblem): string | undefined {
    return submitted && problems.includes(field) ? t(`schedule.problem.${field}`) : undefined;
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setSubmitted(true);
    if (problems.length === 0 && !pending) onSubmit(draft);
  }
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label={t(kept === undefined ? 'schedule.newTitle' : 'schedule.edit')}
    >
      <Stack gap="lg">
        {error !== null && <ErrorView error={error} />}
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Card withBorder>
              <Stack gap="md">
                <TextInput
                  label={t('schedule.name')}
                  value={draft.name}
                  onChange={({ currentTarget }) => change({ name: currentTarget.value })}
                  error={problemOf('name')}
                  maxLength={128}
                />
                {kept === undefined ? (
                  <TargetFields draft={draft} onChange={change} problemOf={problemOf} />
                ) : (
                  <Text size="sm" c="dimmed">
                    {t('schedule.jobStays')}
                  </Text>
                )}
              </Stack>
            </Card>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Card withBorder>
              <Stack gap="md">
                <WhenFields draft={draft} onChange={change} />
                <NextTimes cron={draft.cron} timezone={draft.timezone} />
                <RuleFields draft={draft} onChange={change} untilProblem={problemOf('until')} />
              </Stack>
            </Card>
          </Grid.Col>
        </Grid>
        <Group>
          <Button type="submit" loading={pending}>
            {t(kept === undefined ? 'schedule.save' : 'schedule.saveChanges')}
          </Button>
        </Group>
        {problems.length === 0 && (
          <CommandLines lines={[{ label: 'curl', text: curlLine(requestOf(kept, draft)) }]} />
        )}
      </Stack>
    </form>
  );
}

function requestOf(kept: ScheduleSummary | undefined, draft: ScheduleDraft): CurlRequest {
  const url = `${location.origin}/api/v1/schedules`;
  return kept === undefined
    ? { method: 'POST', url, body: toSchedule(draft) }
    : { method: 'PUT', url: `${url}/${kept.scheduleId}`, body: toRules(draft) };
}

interface FieldsProps {
  draft: ScheduleDraft;
  onChange: (part: Partial<ScheduleDraft>) => void;
}

function WhenFields({ draft, onChange }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('schedule.cron')}
        description={t('schedule.cronText')}
        value={draft.cron}
        onChange={({ currentTarget }) => onChange({ cron: currentTarget.value })}
        maxLength={limits.cronChars}
        classNames={{ input: 'mono' }}
        spellCheck={false}
      />
      <Group gap={6} role="group" aria-label={t('schedule.examples')}>
        {examples.map(({ cron, label }) => (
          <Chip
            key={cron}
            size="xs"
            checked={draft.cron === cron}
            onChange={() => onChange({ cron })}
          >
            {t(label)}
          </Chip>
        ))}
      </Group>
      <Autocomplete
        label={t('schedule.timezone')}
        value={draft.timezone}
        onChange={(timezone) => onChange({ timezone })}
        data={timezones}
        limit={40}
        maxLength={64}
      />
    </>
  );
}

interface RuleFieldsProps extends FieldsProps {
  untilProblem: string | undefined;
}

function RuleFields({ draft, onChange, untilProblem }: RuleFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <div>
        <Text size="sm" fw={600} mb={4} id="schedule-overlap">
          {t('schedule.overlap')}
        </Text>
        <SegmentedControl
          aria-labelledby="schedule-overlap"
          value={draft.overlap}
          onChange={(overlap) => onChange({ overlap })}
          data={overlaps.map((value) => ({ value, label: t(`schedule.overlap.${value}`) }))}
          fullWidth
        />
      </div>
      <NativeSelect
        label={t('schedule.catchUp')}
        value={draft.catchUp}
        onChange={({ currentTarget }) => onChange({ catchUp: currentTarget.value as CatchUp })}
        data={catchUps.map((value) => ({ value, label: t(`schedule.catchUp.${value}`) }))}
      />
      <NumberInput
        label={t('schedule.failuresMax')}
        description={t('schedule.failuresMaxText')}
        value={draft.failuresMax}
        onChange={(failuresMax) => onChange({ failuresMax })}
        min={1}
        max={limits.scheduleFailuresMax}
        allowDecimal={false}
      />
      <TextInput
        type="datetime-local"
        label={t('schedule.until')}
        description={t('schedule.untilText')}
        value={draft.until}
        onChange={({ currentTarget }) => onChange({ until: currentTarget.value })}
        error={untilProblem}
      />
    </>
  );
}

const timezones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];

function ownTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
