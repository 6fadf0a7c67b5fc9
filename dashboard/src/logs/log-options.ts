import { useLocalStorage } from '@mantine/hooks';

export const timeForms = ['off', 'relative', 'absolute', 'delta'] as const;
export type TimeForm = (typeof timeForms)[number];

export const textSizes = ['small', 'normal', 'large'] as const;
export type TextSize = (typeof textSizes)[number];

/** Height of a row that does not wrap, in CSS pixels; the style sheet has the same. */
export const rowPxBySize: Record<TextSize, number> = { small: 15, normal: 17, large: 22 };

/** How this browser shows logs. */
export interface LogOptions {
  times: TimeForm;
  size: TextSize;
  isWrapped: boolean;
  /** Rows around each hit where only hits are shown. */
  context: number;
}

const defaults: LogOptions = { times: 'off', size: 'normal', isWrapped: false, context: 0 };
const key = 'node3.log';

export const contextChoices = [0, 2, 5, 10] as const;

function read(text: string | undefined): LogOptions {
  try {
    const { times, size, isWrapped, context } = Object(JSON.parse(text ?? '{}'));
    return {
      times: timeForms.find((form) => form === times) ?? defaults.times,
      size: textSizes.find((one) => one === size) ?? defaults.size,
      isWrapped: isWrapped === true,
      context: contextChoices.find((one) => one === context) ?? defaults.context,
    };
  } catch {
    return defaults;
  }
}

/** Kept for all logs in this browser; what can't be read is as usual. */
export function useLogOptions(): [LogOptions, (change: Partial<LogOptions>) => void] {
  const [options, setOptions] = useLocalStorage<LogOptions>({
    key,
    defaultValue: defaults,
    getInitialValueInEffect: false,
    deserialize: read,
  });
  return [options, (change) => setOptions((before) => ({ ...before, ...change }))];
}
