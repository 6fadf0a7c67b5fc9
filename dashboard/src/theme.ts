import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/**
 * Fills that keep white text at 4.5:1 or better. Mantine's own shades miss WCAG 2.2 AA in both
 * colour schemes; with these, axe finds no violation (measured with axe-core 4.14, 2026-11).
 */
const accessibleShades = {
  gray: '#495057',
  red: '#a61e1e',
  pink: '#a61e4d',
  grape: '#862e9c',
  violet: '#5f3dc4',
  indigo: '#364fc7',
  blue: '#1864ab',
  cyan: '#0b5c6b',
  teal: '#066649',
  green: '#1e6b2e',
  lime: '#446a0b',
  yellow: '#7a4a00',
  orange: '#a03a00',
} as const;

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 8,
  autoContrast: false,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
});

export const cssVariablesResolver: CSSVariablesResolver = () => {
  const light: Record<string, string> = {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': '#b02525',
    '--mantine-color-anchor': '#1864ab',
    '--mantine-color-placeholder': '#68717a',
    '--mantine-primary-color-filled': accessibleShades.indigo,
    '--mantine-primary-color-light-color': accessibleShades.indigo,
  };
  const dark: Record<string, string> = {
    '--mantine-color-dimmed': '#a6a7ab',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-placeholder': '#909296',
    '--mantine-color-anchor': '#91a7ff',
    '--mantine-color-text': '#e3e5ea',
  };
  for (const [name, shade] of Object.entries(accessibleShades)) {
    const variable = `--mantine-color-${name}`;
    for (const part of ['light-color', 'filled', 'outline', 'text']) {
      light[`${variable}-${part}`] = shade;
    }
    dark[`${variable}-light-color`] = `var(${variable}-2)`;
    dark[`${variable}-outline`] = `var(${variable}-3)`;
    dark[`${variable}-text`] = `var(${variable}-3)`;
    dark[`${variable}-filled`] = shade;
    // Mantine's own dark tints are as strong as a filled button; a tint should stay behind its text.
    dark[`${variable}-light`] = `color-mix(in srgb, ${shade} 34%, #1f2025)`;
  }
  return { variables: {}, light, dark };
};
