import { ActionIcon, Group, TextInput } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronUp,
  IconFilter,
  IconLetterCase,
  IconRegex,
  IconSearch,
} from '@tabler/icons-react';
import type { ComponentType, KeyboardEvent, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { Hint } from '../parts/hint.tsx';
import type { LogPattern } from './find-matches.ts';
import type { SearchState } from './log-search.ts';

export interface FindState extends LogPattern {
  /** Only rows with a hit are shown. */
  isFilter: boolean;
}

interface FindBarProps {
  find: FindState;
  onChange: (change: Partial<FindState>) => void;
  onGo: (direction: 'next' | 'previous') => void;
  search: SearchState;
  /** Which hit was gone to, from 1; 0: none. */
  place: number;
  /** Whether the log is still being read for it. */
  isReading: boolean;
  input: Ref<HTMLInputElement>;
}

export function FindBar({ find, onChange, onGo, search, place, isReading, input }: FindBarProps) {
  const { t } = useTranslation();
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') onGo(event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape' && find.text !== '') onChange({ text: '' });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <Group gap={4} className="log-find" wrap="nowrap">
      <TextInput
        ref={input}
        size="xs"
        className="log-find-input"
        placeholder={t('log.find')}
        aria-label={t('log.find')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={find.text}
        maxLength={200}
        spellCheck={false}
        error={search.status === 'invalid' || search.status === 'slow'}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      <Toggle
        icon={IconLetterCase}
        label={t('log.matchCase')}
        isOn={find.isCaseSensitive}
        onToggle={(isCaseSensitive) => onChange({ isCaseSensitive })}
      />
      <Toggle
        icon={IconRegex}
        label={t('log.regex')}
        isOn={find.kind === 'regex'}
        onToggle={(isRegex) => onChange({ kind: isRegex ? 'regex' : 'plain' })}
      />
      <Toggle
        icon={IconFilter}
        label={t('log.onlyHits')}
        isOn={find.isFilter}
        onToggle={(isFilter) => onChange({ isFilter })}
      />
      <Step icon={IconChevronUp} label={t('log.previousHit')} onClick={() => onGo('previous')} />
      <Step icon={IconChevronDown} label={t('log.nextHit')} onClick={() => onGo('next')} />
      <FindResult find={find} search={search} place={place} isReading={isReading} />
    </Group>
  );
}

function FindResult({
  find,
  search,
  place,
  isReading,
}: Pick<FindBarProps, 'find' | 'search' | 'place' | 'isReading'>) {
  const { t } = useTranslation();
  const { status, hits, problem } = search;
  const isBusy = isReading || status === 'searching';
  const text =
    find.text === ''
      ? ''
      : status === 'invalid'
        ? t('log.badPattern')
        : status === 'slow'
          ? t('log.slowPattern')
          : place > 0
            ? t('log.hitOf', { place, count: hits })
            : t('log.hits', { count: hits });
  return (
    <span className="log-found" role="status" title={problem ?? undefined}>
      {text}
      {isBusy && find.text !== '' ? '…' : ''}
    </span>
  );
}

type Icon = ComponentType<{ size: number; 'aria-hidden': true }>;

interface ToggleProps {
  icon: Icon;
  label: string;
  isOn: boolean;
  onToggle: (isOn: boolean) => void;
}

export function Toggle({ icon: Shown, label, isOn, onToggle }: ToggleProps) {
  return (
    <Hint label={label}>
      <ActionIcon
        variant={isOn ? 'light' : 'default'}
        size={30}
        aria-label={label}
        aria-pressed={isOn}
        onClick={() => onToggle(!isOn)}
      >
        <Shown size={16} aria-hidden />
      </ActionIcon>
    </Hint>
  );
}

export function Step({
  icon: Shown,
  label,
  onClick,
}: {
  icon: Icon;
  label: string;
  onClick: () => void;
}) {
  return (
    <Hint label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} onClick={onClick}>
        <Shown size={16} aria-hidden />
      </ActionIcon>
    </Hint>
  );
}
