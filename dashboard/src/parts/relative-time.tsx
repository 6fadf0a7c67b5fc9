import { Text, Tooltip } from '@mantine/core';
import { formatRelative, unknownMark } from '../format.ts';
import { useFormat } from '../i18n/use-format.ts';
import { useNow } from '../use-now.ts';

/** How long ago, with the exact time on hover. An unknown time is shown as unknown. */
export function RelativeTime({ at }: { at: string | null }) {
  const format = useFormat();
  const nowMs = useNow(5_000);
  if (at === null) return <>{unknownMark}</>;
  const atMs = Date.parse(at);
  return (
    <Tooltip label={format.time(atMs)}>
      <Text component="time" dateTime={at} inherit className="nowrap">
        {formatRelative(atMs, nowMs, format.language)}
      </Text>
    </Tooltip>
  );
}
