import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** Unix, readable by the user that Lambda runs functions as. */
const READABLE = { os: 3, attrs: 0o100644 << 16 };

/** Puts one file at the root of a zip; the same contents give the same bytes. Gives the zip's size. */
export async function zipFile(file: string, target: string): Promise<number> {
  return zipFiles(new Map([[basename(file), await readFile(file)]]), target);
}

/** Puts files into a zip by their paths in it, in the order of the paths; the same contents give the same bytes. */
export async function zipFiles(files: ReadonlyMap<string, Uint8Array>, target: string): Promise<number> {
  // Zip keeps local time without a zone: this writes the same bytes wherever it is made.
  const mtime = new Date(1980, 0, 1);
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: Zippable = Object.fromEntries(
    sorted.map(([path, bytes]) => [path, [bytes, { mtime, level: 9, ...READABLE }]]),
  );
  const zip = zipSync(entries);
  await writeFile(target, zip);
  return zip.length;
}
