/** Where the schema of a database stands. */
export interface SchemaStatus {
  /** What the database has; 0 is none. */
  version: number;
  /** What this program has. */
  known: number;
  /** Names of the steps that would be taken, in order. */
  pending: string[];
}

/** Throws for a database of a newer program: going on could damage what it doesn't understand. */
export function assertNotNewer({ version, known }: SchemaStatus): void {
  if (version <= known) return;
  throw new Error(
    `The database has schema version ${version}, this program knows ${known}. Install the newer version again.`,
  );
}
