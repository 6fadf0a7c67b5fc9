import { status } from '@grpc/grpc-js';
import { MarketError } from '@node3/shared/error';
import { silentLogger } from '@node3/shared/logger';
import { expect, it } from 'vitest';
import { errorStatuses } from './grpc-errors.ts';

it('ends a call with its status where the details of it can not be written', () => {
  const broken = {
    encodeRpc() {
      throw new TypeError('no such message');
    },
  };
  const { code, metadata } = errorStatuses(broken, silentLogger)(new MarketError('JOB_NOT_FOUND'));
  expect(code).toBe(status.NOT_FOUND);
  expect(metadata?.get('node3-error-code')).toEqual(['JOB_NOT_FOUND']);
});
