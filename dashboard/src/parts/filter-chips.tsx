import { Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';

interface FilterChipsProps<Value extends string> {
  label: string;
  /** The search parameter that holds the choice. */
  parameter: string;
  value: Value | undefined;
  /** Other parameters that a choice ends. */
  drops?: readonly string[];
  choices: readonly { value: Value | undefined; label: string }[];
}

/** One of a few values, as links: the choice is in the address, and the list begins at its first page. */
export function FilterChips<Value extends string>(props: FilterChipsProps<Value>) {
  const { label, parameter, value, drops = [], choices } = props;
  const dropped = Object.fromEntries(drops.map((name) => [name, undefined]));
  return (
    <Group component="nav" gap={6} aria-label={label}>
      {choices.map((choice) => {
        // Which page it is on, and so what else its address has, is not known here.
        const search = ((previous: object) => ({
          ...previous,
          ...dropped,
          [parameter]: choice.value,
          cursor: undefined,
        })) as never;
        return (
          <Link
            key={choice.label}
            to="."
            search={search}
            className="chip"
            data-active={choice.value === value}
            aria-current={choice.value === value ? 'true' : undefined}
          >
            {choice.label}
          </Link>
        );
      })}
    </Group>
  );
}
