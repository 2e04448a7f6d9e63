import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import { inFull } from '../support/proof-size.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The regular expressions of a source, as its syntax tree has them. */
function literalsOf(node: unknown): { pattern: string; flags: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  const { regex } = node as { regex?: { pattern: string; flags: string } };
  return regex === undefined ? Object.values(node).flatMap(literalsOf) : [regex];
}

const sources = ['functions', 'schemas', 'shared'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(join(ROOT, folder, file), 'utf8') })),
);

const literals = sources.flatMap(({ file, text }) =>
  literalsOf(parseAst(text, { lang: 'ts' })).map((literal) => ({ file, ...literal })),
);

it('3.9 every regular expression is a literal, which can be read here', () => {
  expect(sources.filter(({ text }) => /\bRegExp\(/.test(text)).map(({ file }) => file)).toEqual([]);
});

/** Steps bound the search, not time: what a slow machine finds is what a fast one finds. */
const UNTIMED = { timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null };

it('3.9 no regular expression takes more than linear time, by recheck', () => {
  // All of them take a minute; a tenth of them, at every commit, few seconds.
  const asked = literals.filter((_, index) => inFull || index % 10 === 1);
  const found = asked.map((literal) => ({
    ...literal,
    status: checkSync(literal.pattern, literal.flags, UNTIMED).status,
  }));
  expect(found.filter(({ status }) => status !== 'safe')).toEqual([]);
  expect(literals.length).toBeGreaterThan(100);
});
