import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signature stands for: one artifact, until then, for as long as the version is current. */
export interface ArtifactClaim {
  accountId: string;
  /** Of the links of the account: revoking them makes it grow. */
  version: number;
  artifactId: string;
  expiresAtSec: number;
}

/** The paths of links, which work without a key. What a link to a job may show, and until when, is stored. */
export interface SignedLinks {
  artifactPath(claim: ArtifactClaim): string;
  isArtifactSigned(claim: ArtifactClaim, signature: string): boolean;
  /** @param below such as `/logs`. */
  jobPath(linkId: string, below?: string): string;
  isJobSigned(linkId: string, signature: string): boolean;
}

export function createSignedLinks(secret: string): SignedLinks {
  // A key of its own, so that nothing else that is signed with the secret can be taken for a link.
  const key = createHmac('sha256', secret).update('node3 artifact links').digest();
  const sign = (parts: readonly (string | number)[]) =>
    createHmac('sha256', key).update(parts.join('\n')).digest();
  const isSigned = (parts: readonly (string | number)[], signature: string) => {
    const given = Buffer.from(signature, 'base64url');
    const right = sign(parts);
    return given.length === right.length && timingSafeEqual(given, right);
  };
  const partsOf = (claim: ArtifactClaim) => [
    claim.accountId,
    claim.version,
    claim.artifactId,
    claim.expiresAtSec,
  ];
  // An account's id is never this word: the two kinds can't be taken for each other.
  const jobParts = (linkId: string) => ['job', linkId];
  return {
    artifactPath(claim) {
      const signature = sign(partsOf(claim)).toString('base64url');
      const query = `expires=${claim.expiresAtSec}&signature=${signature}`;
      return `/api/v1/downloads/${claim.artifactId}?${query}`;
    },
    isArtifactSigned: (claim, signature) => isSigned(partsOf(claim), signature),
    jobPath(linkId, below = '') {
      const signature = sign(jobParts(linkId)).toString('base64url');
      return `/api/v1/shared/${linkId}${below}?signature=${signature}`;
    },
    isJobSigned: (linkId, signature) => isSigned(jobParts(linkId), signature),
  };
}
