import { Anchor } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

function SmallAnchor(props: ComponentProps<'a'>) {
  return <Anchor size="sm" {...props} />;
}

/** A link in words to another page of the app. */
export const PageLink = createLink(SmallAnchor);
