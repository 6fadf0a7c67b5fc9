import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { brokenRule, type MarketField, type MarketSearch, wordsCharsMax } from './market-search.ts';

export const assetChoices = [
  { value: 'USDC', label: 'USDC' },
  { value: 'SOL', label: 'SOL' },
];

const typingMs = 350;

/** Writes one field of the address; the list begins at its first page. */
export function useMarketField() {
  const navigate = useNavigate();
  return (changes: MarketSearch | { [Field in MarketField]?: string | undefined }) =>
    void navigate({
      to: '.',
      search: ((before: MarketSearch) => ({ ...before, ...changes, cursor: undefined })) as never,
      replace: true,
    });
}

interface SearchTextProps {
  label: string;
  field: MarketField;
  search: MarketSearch;
  placeholder?: string;
  inputMode?: 'decimal' | 'numeric' | 'search';
  leftSection?: ReactNode;
}

/** A field that is typed into: the address follows a moment later. */
export function SearchText({ field, search, inputMode = 'search', ...props }: SearchTextProps) {
  const { t } = useTranslation();
  const write = useMarketField();
  const kept = search[field] ?? '';
  const [typed, setTyped] = useState({ text: kept, from: kept, sent: kept });
  // The address may be changed elsewhere, such as by a chip: then what was typed is of no use.
  const isOwn = kept === typed.from || kept === typed.sent;
  const text = isOwn ? typed.text : kept;
  const writeLater = useDebouncedCallback((next: string) => {
    const sent = next.trim();
    setTyped((before) => ({ ...before, sent }));
    write({ [field]: sent === '' ? undefined : sent });
  }, typingMs);
  // While it is typed it may be anything; once it stands in the address it either filters or does not.
  const broken = kept !== '' && kept === text.trim() ? brokenRule(field, kept) : null;
  return (
    <TextInput
      {...props}
      error={broken === null ? undefined : t(`market.rule.${broken}`)}
      size="sm"
      maxLength={wordsCharsMax}
      inputMode={inputMode}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setTyped((before) => ({ text: value, from: kept, sent: isOwn ? before.sent : kept }));
        writeLater(value);
      }}
    />
  );
}

interface SearchOfListProps {
  search: MarketSearch;
  /** What can be looked for. */
  placeholder: string;
}

/** The words that a list is searched by. */
export function SearchOfList({ search, placeholder }: SearchOfListProps) {
  const { t } = useTranslation();
  return (
    <SearchText
      label={t('market.search')}
      placeholder={placeholder}
      field="q"
      search={search}
      leftSection={<IconSearch size={15} aria-hidden />}
    />
  );
}

/** GiB of GPU memory: of a machine, or of what a job needs. */
export function MemoryField({ search, label }: { search: MarketSearch; label: string }) {
  return (
    <SearchText label={label} field="memory" search={search} inputMode="numeric" placeholder="24" />
  );
}

interface SearchSelectProps {
  label: string;
  field: MarketField;
  search: MarketSearch;
  /** The first one is what holds where the address says nothing. */
  choices: readonly { value: string; label: string }[];
}

export function SearchSelect({ label, field, search, choices }: SearchSelectProps) {
  const write = useMarketField();
  const usual = choices[0]?.value;
  return (
    <NativeSelect
      label={label}
      size="sm"
      data={[...choices]}
      value={search[field] ?? usual}
      onChange={({ currentTarget: { value } }) =>
        write({ [field]: value === usual ? undefined : value })
      }
    />
  );
}
