import { MantineThemeProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { type JobForm, JobFormContext } from './job-form-context.ts';

/** Help stands below its field, so that fields side by side are at one height. */
const helpBelow = {
  components: {
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] as const },
    },
  },
};

export function JobFormProvider({ value, children }: { value: JobForm; children: ReactNode }) {
  return (
    <JobFormContext value={value}>
      <MantineThemeProvider theme={helpBelow}>{children}</MantineThemeProvider>
    </JobFormContext>
  );
}
