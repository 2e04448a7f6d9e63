import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Template } from './cloudformation.ts';

/** A template from a YAML or JSON file. Short forms such as !Ref are not read: ours are written out. */
export async function readTemplate(path: string): Promise<Template> {
  return parse(await readFile(path, 'utf8')) as Template;
}
