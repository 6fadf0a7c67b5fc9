import { Modal, Text } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaletteEntry } from './palette-entry.ts';
import { usePaletteSections } from './use-palette-sections.ts';
import './palette.css';

/** Finds pages, jobs and actions by a few letters. Arrows choose, Enter does it, Escape leaves. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const sections = usePaletteSections(query);
  const entries = sections.flatMap((section) => section.entries);
  const current = Math.min(chosen, entries.length - 1);
  const listId = useId();
  const optionId = (entry: PaletteEntry) => `${listId}-${entry.id}`;
  function run(entry: PaletteEntry | undefined) {
    if (entry === undefined) return;
    onClose();
    entry.run();
  }
  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) setChosen((current + step + entries.length) % (entries.length || 1));
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(entries[current]);
    else return;
    event.preventDefault();
  }
  const active = entries[current];
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      yOffset="12vh"
      size="lg"
      aria-label={t('key.palette')}
    >
      <div className="palette-search">
        <IconSearch size={18} aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-label={t('palette.label')}
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          {...(active === undefined ? {} : { 'aria-activedescendant': optionId(active) })}
          placeholder={t('palette.placeholder')}
          value={query}
          maxLength={128}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <div id={listId} role="listbox" aria-label={t('key.palette')} className="palette-list">
        {sections.map((section) => (
          <div key={section.id} role="group" aria-label={t(`palette.${section.id}`)}>
            <div className="palette-heading" aria-hidden>
              {t(`palette.${section.id}`)}
            </div>
            {section.entries.map((entry) => (
              <Option
                key={entry.id}
                id={optionId(entry)}
                entry={entry}
                selected={entry === active}
                onRun={() => run(entry)}
              />
            ))}
          </div>
        ))}
      </div>
      <div role="status">
        {entries.length === 0 && (
          <Text size="sm" c="dimmed" px="md" pb="md">
            {t('palette.empty')}
          </Text>
        )}
      </div>
    </Modal>
  );
}

interface OptionProps {
  id: string;
  entry: PaletteEntry;
  selected: boolean;
  onRun: () => void;
}

function Option({ id, entry, selected, onRun }: OptionProps) {
  const row = useRef<HTMLDivElement>(null);
  const Icon = entry.icon;
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    // The input keeps the focus and has the keys; this is for pointers.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={row}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      className="palette-option"
      onClick={onRun}
    >
      <Icon size={17} stroke={1.75} aria-hidden />
      <span className="palette-label">{entry.label}</span>
      {entry.note !== undefined && <span className="palette-note">{entry.note}</span>}
    </div>
  );
}
