/** Why an artifact is not kept any more, with the end of a sentence that says so. */
export const removalTexts = {
  expired: 'its time of keeping was over',
  deleted: 'its owner deleted it',
  replaced: 'another file of the same name took its place',
} as const;
export type RemovalReason = keyof typeof removalTexts;
export const removalReasons = Object.keys(removalTexts) as readonly RemovalReason[];

/** One sentence; `removedAt` is a timestamp. */
export function removalText(removed: {
  name: string;
  removedAt: string;
  reason: RemovalReason;
}): string {
  return `${removed.name} was removed at ${removed.removedAt}: ${removalTexts[removed.reason]}.`;
}
