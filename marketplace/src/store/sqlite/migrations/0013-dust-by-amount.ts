/** Finds an account's largest dust first: anybody can bury it under what is smaller still. */
export const dustByAmount = {
  name: 'dust-by-amount',
  sql: `
DROP INDEX deposits_dust;
CREATE INDEX deposits_dust ON deposits (account_id, asset, amount)
  WHERE state = 'suspense' AND suspense_reason = 'dust';
`,
};
