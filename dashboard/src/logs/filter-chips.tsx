import { Group, NativeSelect } from '@mantine/core';
import { lineLevels } from '@node3/shared/line-level';
import { logStreams } from '@node3/shared/routes/jobs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import type { LogFilter } from './log-view.ts';

interface FilterChipsProps {
  filter: LogFilter;
  onChange: (change: Partial<LogFilter>) => void;
  levelCounts: readonly number[];
  /** Whether the counts are of the whole log. */
  isComplete: boolean;
  attempts: number;
}

/** What is left out: levels with how often each is there, sources, attempts. */
export function FilterChips(props: FilterChipsProps) {
  const { filter, onChange, levelCounts, isComplete, attempts } = props;
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group gap={6} className="log-chips">
      <Group gap={6} role="group" aria-label={t('log.levels')}>
        {lineLevels.map((level, index) => {
          const count = levelCounts[index] ?? 0;
          const number = format.number(count);
          return (
            <Chip
              key={level}
              name={level}
              isOn={filter.levels.includes(level)}
              onToggle={(isOn) => onChange({ levels: toggled(filter.levels, level, isOn) })}
            >
              {t(`log.level.${level}`)}{' '}
              <span className="log-chip-count">{isComplete ? number : `${number}+`}</span>
            </Chip>
          );
        })}
      </Group>
      <Group gap={6} role="group" aria-label={t('log.sources')}>
        {logStreams.map((stream) => (
          <Chip
            key={stream}
            name={stream}
            isOn={filter.streams.includes(stream)}
            onToggle={(isOn) => onChange({ streams: toggled(filter.streams, stream, isOn) })}
          >
            {stream}
          </Chip>
        ))}
      </Group>
      {attempts > 1 && (
        <NativeSelect
          size="xs"
          aria-label={t('log.attempt')}
          value={filter.attempt ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onChange({ attempt: value === '' ? null : Number(value) });
          }}
          data={[
            { value: '', label: t('log.allAttempts') },
            ...Array.from({ length: attempts }, (_, index) => ({
              value: String(index + 1),
              label: t('log.attemptNumber', { number: index + 1 }),
            })),
          ]}
        />
      )}
    </Group>
  );
}

function toggled<T>(chosen: readonly T[], one: T, isOn: boolean): T[] {
  return isOn ? [...chosen, one] : chosen.filter((other) => other !== one);
}

interface ChipProps {
  name: string;
  isOn: boolean;
  onToggle: (isOn: boolean) => void;
  children: ReactNode;
}

function Chip({ name, isOn, onToggle, children }: ChipProps) {
  return (
    <button
      type="button"
      className="log-chip"
      data-name={name}
      aria-pressed={isOn}
      onClick={() => onToggle(!isOn)}
    >
      {children}
    </button>
  );
}
