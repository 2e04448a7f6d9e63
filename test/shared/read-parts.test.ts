import { describe, expect, it } from 'vitest';
import { FatalError } from '../../shared/errors.ts';
import { readParts } from '../../shared/read-parts.ts';

const named = (name: string) => Object.assign(new Error('CANARY'), { name, $metadata: { httpStatusCode: 400 } });
const rejects = (error: unknown) => () => Promise.reject(error);

describe('readParts', () => {
  it('gives the values, and says of none that it is unavailable', async () => {
    expect(await readParts([], { a: async () => 1, b: async () => null })).toEqual({
      values: { a: 1, b: null },
      unavailable: undefined,
    });
  });

  it('gives null for what is not set, and a code for what could not be read', async () => {
    const parts = { a: async () => 1, tags: rejects(named('NoSuchTagSet')), policy: rejects(named('AccessDenied')) };
    expect(await readParts(['s3:GetBucketPolicy'], parts, new Set(['NoSuchTagSet']))).toEqual({
      values: { a: 1, tags: null },
      unavailable: { policy: 'access_denied' },
    });
  });

  it('takes nothing for not set that is not named so', async () => {
    const { values, unavailable } = await readParts([], {
      tags: rejects(named('NoSuchTagSet')),
      other: rejects({ name: 'NoSuchTagSet' }),
    });
    expect(values).toEqual({});
    expect(unavailable).toEqual({ tags: 'not_found', other: 'not_found' });
    const plain = { other: rejects({ name: 'NoSuchTagSet' }) };
    expect((await readParts([], plain, new Set(['NoSuchTagSet']))).values).toEqual({});
  });

  it('stops for a FatalError', async () => {
    const parts = { a: async () => 1, b: rejects(new FatalError('internal', 'wrong account')) };
    await expect(readParts([], parts)).rejects.toThrow('wrong account');
  });
});
