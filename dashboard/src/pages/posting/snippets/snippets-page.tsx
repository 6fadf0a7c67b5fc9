import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { languages } from '@node3/shared/job-spec';
import type { SnippetSummary } from '@node3/shared/routes/snippets';
import { IconCode, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { formatBytes } from '../../../format.ts';
import { isScriptLanguage } from '../../../parts/code-editor/code-language.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeysetPaging } from '../../../parts/keyset-paging.tsx';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { snippetsQuery } from '../../../queries/posting.ts';
import { languageNames } from '../sections/language-names.ts';
import '../work.css';

const route = getRouteApi('/snippets');

/** Scripts that were saved, last changed first. */
export function SnippetsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('snippets.title')} subtitle={t('snippets.subtitle')} />
      <RequireSession>{() => <SnippetList />}</RequireSession>
    </>
  );
}

function SnippetList() {
  const { t, i18n } = useTranslation();
  const { q, language, cursor } = route.useSearch();
  const columns = useMemo(() => columnsOf(t, i18n.language), [t, i18n.language]);
  const query = useQuery(
    snippetsQuery(useApp(), {
      limit: 50,
      ...(q !== undefined && { q }),
      ...(language !== undefined && { language }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  const isFiltered = q !== undefined || language !== undefined;
  return (
    <SectionCard title={t('snippets.list')} padding="flush" aside={<SnippetFilter />}>
      <QueryView query={query} lines={5}>
        {({ data, nextCursor }) => (
          <>
            <DataTable
              label={t('snippets.list')}
              columns={columns}
              rows={data}
              rowId={({ snippetId }) => snippetId}
              empty={
                <EmptyState
                  icon={IconCode}
                  title={isFiltered ? t('snippets.noneFound') : t('snippets.none')}
                >
                  {isFiltered ? (
                    <PageLink to="/snippets">{t('snippets.all')}</PageLink>
                  ) : (
                    <PageLink to="/code">{t('snippets.write')}</PageLink>
                  )}
                </EmptyState>
              }
            />
            <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </SectionCard>
  );
}

function SnippetFilter() {
  const { t } = useTranslation();
  const { q, language } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(q ?? '');
  const search = useDebouncedCallback((wanted: string) => {
    const kept = language === undefined ? {} : { language };
    void navigate({ replace: true, search: { ...kept, ...(wanted !== '' && { q: wanted }) } });
  }, 300);
  return (
    <div className="work-filter">
      <TextInput
        aria-label={t('snippets.search')}
        placeholder={t('snippets.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        maxLength={128}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
      <Select
        aria-label={t('field.language')}
        placeholder={t('snippets.anyLanguage')}
        data={languages.map((value) => ({ value, label: languageNames[value] }))}
        value={language ?? null}
        clearable
        onChange={(value) => {
          const kept = q === undefined ? {} : { q };
          const chosen = isScriptLanguage(value) ? { language: value } : {};
          void navigate({ search: { ...kept, ...chosen } });
        }}
      />
    </div>
  );
}

function columnsOf(t: TFunction, locale: string): DataColumn<SnippetSummary>[] {
  return [
    {
      id: 'name',
      title: t('templates.name'),
      cell: ({ snippetId, name }) => (
        <Link to="/snippets/$snippetId" params={{ snippetId }} className="row-link break">
          {name}
        </Link>
      ),
    },
    {
      id: 'language',
      title: t('field.language'),
      cell: ({ language }) => languageNames[language],
    },
    {
      id: 'size',
      title: t('snippets.size'),
      align: 'right',
      cell: ({ codeBytes }) => formatBytes(codeBytes, locale),
    },
    {
      id: 'changed',
      title: t('snippets.changed'),
      cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
    },
  ];
}
