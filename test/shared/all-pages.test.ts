import { describe, expect, it } from 'vitest';
import { allPages, PageTokens } from '../../shared/all-pages.ts';

const pagesOf =
  (...next: (string | undefined)[]) =>
  async () => {
    if (next.length === 0) throw new Error('asked for a page after the last one');
    return { items: [next.length], next: next.shift() };
  };

describe('allPages', () => {
  it('reads until no token comes', async () => {
    await expect(allPages(pagesOf('a', 'b', undefined))).resolves.toEqual([3, 2, 1]);
  });
  it('takes an empty token for the end', async () => {
    await expect(allPages(pagesOf('a', ''))).resolves.toEqual([2, 1]);
  });
  it('goes on after a page without a list, as AWS gives where a filter left nothing', async () => {
    const pages = [
      { items: undefined, next: 'a' },
      { items: [1], next: undefined },
    ];
    await expect(allPages(async () => pages.shift() ?? { items: [], next: undefined })).resolves.toEqual([1]);
  });
  it.each([
    ['the same token', ['a', 'a']],
    ['a circle of tokens', ['a', 'b', 'a']],
  ])('ends at %s', async (_, tokens) => {
    await expect(allPages(pagesOf(...tokens))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('PageTokens', () => {
  it('counts where the reading began as seen', () => {
    expect(() => new PageTokens('a').after('a')).toThrow('the same page again');
  });
});
