import { Text } from '@mantine/core';
import { formatRelative, unknownMark } from '../format.ts';
import { useFormat } from '../i18n/use-format.ts';
import { usePreferences } from '../preferences/use-preferences.ts';
import { useNow } from '../use-now.ts';
import { Hint } from './hint.tsx';

/**
 * A moment as whoever looks wants it: how long ago with the exact time on hover, or the other way round.
 * An unknown time is shown as unknown.
 */
export function RelativeTime({ at }: { at: string | null }) {
  const format = useFormat();
  const { times } = usePreferences();
  const nowMs = useNow(5_000);
  if (at === null) return <>{unknownMark}</>;
  const atMs = Date.parse(at);
  const exact = format.time(atMs);
  const relative = formatRelative(atMs, nowMs, format.language);
  return (
    <Hint label={times === 'relative' ? exact : relative}>
      <Text component="time" dateTime={at} inherit className="nowrap">
        {times === 'relative' ? relative : exact}
      </Text>
    </Hint>
  );
}
