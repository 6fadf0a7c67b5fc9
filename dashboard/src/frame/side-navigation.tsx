import { Anchor, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import type { NavigationSection } from '../navigation/navigation-groups.ts';
import { preferences, usePreferences } from '../preferences/use-preferences.ts';
import { ItemLink } from './item-link.tsx';
import { useNavigation } from './use-navigation.ts';

/** All pages of the host under their headings, which can be folded away. */
export function SideNavigation() {
  const { t } = useTranslation();
  const { config } = useApp();
  return (
    <Stack justify="space-between" gap="md" mih="100%">
      <NavigationSections />
      <Stack gap={2} px="xs" pb={4}>
        {config.docsUrl !== null && (
          <Anchor size="sm" href={config.docsUrl}>
            {t('nav.docs')}
          </Anchor>
        )}
        <Text size="xs" c="dimmed">
          {t('shell.version', { version: config.version })}
        </Text>
      </Stack>
    </Stack>
  );
}

/** @param onLeave is called when somebody goes to a page. */
export function NavigationSections({ onLeave }: { onLeave?: () => void }) {
  const { sections, active } = useNavigation();
  return (
    <Stack gap={sections.length > 1 ? 'md' : 4}>
      {sections.map((section) => (
        <Section
          key={section.group}
          section={section}
          active={active}
          // One heading over everything would say nothing.
          isAlone={sections.length === 1}
          {...(onLeave === undefined ? {} : { onLeave })}
        />
      ))}
    </Stack>
  );
}

interface SectionProps {
  section: NavigationSection;
  active: string | null;
  isAlone: boolean;
  onLeave?: () => void;
}

function Section({ section, active, isAlone, onLeave }: SectionProps) {
  const { t } = useTranslation();
  const { folded } = usePreferences();
  const listId = useId();
  const { group, items } = section;
  const isOpen = isAlone || !folded.includes(group);
  function toggle() {
    const others = folded.filter((one) => one !== group);
    preferences.change({ folded: isOpen ? [...others, group] : others });
  }
  return (
    <div>
      {!isAlone && (
        <UnstyledButton
          className="nav-heading"
          aria-expanded={isOpen}
          aria-controls={listId}
          onClick={toggle}
        >
          {t(`navGroup.${group}`)}
          <IconChevronDown size={14} aria-hidden className={isOpen ? 'chevron-open' : ''} />
        </UnstyledButton>
      )}
      <Stack gap={2} id={listId} hidden={!isOpen} display={isOpen ? undefined : 'none'}>
        {items.map((item) => (
          <ItemLink
            key={item.to}
            item={item}
            className="side-link"
            active={item.to === active}
            {...(onLeave === undefined ? {} : { onClick: onLeave })}
          />
        ))}
      </Stack>
    </div>
  );
}
