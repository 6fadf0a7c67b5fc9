/** One account as the virtual machine holds it. An account without lamports does not exist. */
export interface StoredAccount {
  lamports: bigint;
  data: Uint8Array;
  /** Address of the owning program. */
  owner: string;
  executable: boolean;
}

export interface AddressedAccount extends StoredAccount {
  address: string;
}
