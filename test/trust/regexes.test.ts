import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { expect, it } from 'vitest';
import { inFull } from '../support/proof-size.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The regular expressions written in a source: a slash where an expression may begin, up to its end and flags. */
const LITERAL =
  /(?:^|[(,=:[!&|?;{}]|\breturn)\s*\/((?:\[(?:\\.|[^\]\\\n])*\]|\\.|[^/\\\n*[])(?:\[(?:\\.|[^\]\\\n])*\]|\\.|[^/\\\n[])*)\/([a-z]*)(?=\s*[.,;)\]}\n])/gm;

const literals = ['functions', 'schemas', 'shared'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      return [...text.matchAll(LITERAL)].map(([, source = '', flags = '']) => ({
        file: `${folder}/${file}`,
        source,
        flags,
      }));
    }),
);

it('3.9 no regular expression takes more than linear time, by recheck', () => {
  // All of them take 20 s; a fifth of them, at every commit, four.
  const asked = literals.filter((_, index) => inFull || index % 5 === 0);
  const found = asked.map((literal) => ({
    ...literal,
    status: checkSync(literal.source, literal.flags, { timeout: 10_000 }).status,
  }));
  expect(found.filter(({ status }) => status !== 'safe')).toEqual([]);
  expect(literals.length).toBeGreaterThan(50);
}, 120_000);
