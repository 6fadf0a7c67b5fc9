import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconBriefcase,
  IconLanguage,
  IconLogout,
  IconMoon,
  type TablerIcon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { languageCodes, languages } from '../../i18n/area-texts.ts';
import { switchLanguage } from '../../i18n/i18n.ts';
import { jobSearchQuery } from '../../queries/frame.ts';
import { useSignOut } from '../../viewer/use-sign-out.ts';
import { useNavigation } from '../use-navigation.ts';
import { matchEntries, type PaletteEntry, type PaletteSection } from './palette-entry.ts';

const typingMs = 200;

/** What fits the query, under its headings; headings without entries are left out. */
export function usePaletteSections(query: string): PaletteSection[] {
  const pages = usePages();
  const actions = useActions();
  const jobs = useJobs(query);
  const sections: PaletteSection[] = [
    { id: 'jobs', entries: jobs },
    { id: 'pages', entries: matchEntries(pages, query) },
    { id: 'actions', entries: matchEntries(actions, query) },
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

function usePages(): PaletteEntry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { sections } = useNavigation();
  return sections
    .flatMap((section) => section.items)
    .map(({ to, label, icon }) => ({
      id: to,
      label: t(label),
      icon,
      run: () => void navigate({ to }),
    }));
}

function useActions(): PaletteEntry[] {
  const { t, i18n } = useTranslation();
  const { signedIn, config } = useApp();
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const entry = (id: string, label: string, icon: TablerIcon, run: () => void) => ({
    id,
    label,
    icon,
    run,
  });
  return [
    ...(['light', 'dark', 'auto'] as const).map((scheme) =>
      entry(scheme, `${t('scheme.label')}: ${t(`scheme.${scheme}`)}`, IconMoon, () =>
        setColorScheme(scheme),
      ),
    ),
    ...languageCodes.map((code) =>
      entry(code, `${t('language.label')}: ${languages[code]}`, IconLanguage, () => {
        void switchLanguage(i18n, code);
      }),
    ),
    ...(signedIn && config.mode === 'marketplace'
      ? [entry('sign-out', t('account.signOut'), IconLogout, () => void signOut())]
      : []),
  ];
}

/** Own jobs by a part of the name, or by how the id begins. */
function useJobs(query: string): PaletteEntry[] {
  const { t } = useTranslation();
  const app = useApp();
  const navigate = useNavigate();
  const [asked] = useDebouncedValue(query.trim(), typingMs);
  const { data } = useQuery(jobSearchQuery(app, asked));
  if (data === undefined || asked === '') return [];
  return data.data.map(({ jobId, name, state }) => ({
    id: jobId,
    label: name ?? shorten(jobId, 12, 5),
    note: `${t(`job.state.${state}`)} · ${shorten(jobId, 10, 5)}`,
    icon: IconBriefcase,
    run: () => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
  }));
}
