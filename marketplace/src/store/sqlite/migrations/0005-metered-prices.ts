/**
 * Jobs keep the fee rate that they were posted at; 500 was the default for those posted before.
 * An execution keeps the hourly rate that it was matched at; none means a fixed price.
 */
export const meteredPrices = {
  name: 'metered-prices',
  sql: `
ALTER TABLE jobs ADD COLUMN fee_basis_points INTEGER NOT NULL DEFAULT 500
  CHECK (fee_basis_points BETWEEN 0 AND 10000);
ALTER TABLE executions ADD COLUMN rate INTEGER CHECK (rate > 0);
`,
};
