import { type PlainLine, toBlocks } from '@node3/shared/log-blocks';
import { type ByteBlock, toByteBlock } from '../journal/byte-blocks.ts';

/** Lines as the journal takes them. */
export function byteBlocksOf(lines: readonly PlainLine[]): ByteBlock[] {
  return toBlocks(lines).map(toByteBlock);
}
