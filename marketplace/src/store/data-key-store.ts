/** A key that values are sealed with, itself encrypted with one of the operator's keys. */
export interface DataKeyRow {
  keyId: string;
  /** Id of the operator's key. */
  wrappedBy: string;
  /** Base64url. */
  wrapped: string;
  createdAtMs: number;
}

export interface DataKeyStore {
  /** All of them, oldest first. */
  dataKeys(): Promise<DataKeyRow[]>;
  /** Does nothing where there is one of that id. */
  addDataKey(row: DataKeyRow): Promise<void>;
  /** The same key, encrypted with another one. */
  rewrapDataKey(keyId: string, wrapping: Pick<DataKeyRow, 'wrappedBy' | 'wrapped'>): Promise<void>;
}
