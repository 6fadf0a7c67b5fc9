import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signature stands for: one artifact, until then, for as long as the version is current. */
export interface LinkClaim {
  accountId: string;
  /** Of the links of the account: revoking them makes it grow. */
  version: number;
  artifactId: string;
  expiresAtSec: number;
}

export interface ArtifactLinks {
  /** The path of a link. */
  path(claim: LinkClaim): string;
  isSigned(claim: LinkClaim, signature: string): boolean;
}

export function createArtifactLinks(secret: string): ArtifactLinks {
  // A key of its own, so that nothing else that is signed with the secret can be taken for a link.
  const key = createHmac('sha256', secret).update('node3 artifact links').digest();
  const sign = ({ accountId, version, artifactId, expiresAtSec }: LinkClaim) =>
    createHmac('sha256', key)
      .update([accountId, version, artifactId, expiresAtSec].join('\n'))
      .digest();
  return {
    path(claim) {
      const signature = sign(claim).toString('base64url');
      const query = `expires=${claim.expiresAtSec}&signature=${signature}`;
      return `/api/v1/downloads/${claim.artifactId}?${query}`;
    },
    isSigned(claim, signature) {
      const given = Buffer.from(signature, 'base64url');
      const right = sign(claim);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
