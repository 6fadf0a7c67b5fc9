/** `refuse('why')`: the function of every trigger that guards a row against a change. */
export const refusing = `
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
`;

/** Rows of the table are never deleted, neither one by one nor all at once. */
export function kept(table: string, why: string): string {
  return `CREATE TRIGGER ${table}_kept BEFORE DELETE ON ${table} FOR EACH ROW
  EXECUTE FUNCTION refuse('${why}');
CREATE TRIGGER ${table}_not_emptied BEFORE TRUNCATE ON ${table}
  EXECUTE FUNCTION refuse('${why}');`;
}
