import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { zipSync } from 'fflate';

/** Unix, readable by the user that Lambda runs functions as. */
const READABLE = { os: 3, attrs: 0o100644 << 16 };

/** Puts one file at the root of a zip; the same contents give the same bytes. Gives the zip's size. */
export async function zipFile(file: string, target: string): Promise<number> {
  // Zip keeps local time without a zone: this writes the same bytes wherever it is made.
  const mtime = new Date(1980, 0, 1);
  const zip = zipSync({ [basename(file)]: [await readFile(file), { mtime, level: 9, ...READABLE }] });
  await writeFile(target, zip);
  return zip.length;
}
