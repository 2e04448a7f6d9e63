import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { configuredBridges } from '../bridges/configured-bridges.ts';
import { functionName, packageName } from '../local/functions.ts';
import type { Settings } from './configuration.ts';
import type { FunctionFact } from './doctor/facts.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
/** What the functions are built from. */
const SOURCES = ['functions', 'schemas', 'shared', 'package-lock.json'];

/** The functions of a configuration, the bridges' too: each with the tool or the bridge that a person names it by. */
export function ownFunctions(settings: Settings): { name: string; functionName: string }[] {
  return [
    ...catalog.map((tool) => ({ name: tool.name, functionName: functionName(tool) })),
    ...configuredBridges(settings, settings.folder).map(({ name, functionName }) => ({ name, functionName })),
  ];
}

/** Whether a text names a function, with underscores or hyphens. */
export function isNamed({ name }: { name: string }, text: string): boolean {
  return [name, kebabCase(name)].includes(text);
}

/** Those of the named functions that are deployed in the client's account and Region. */
export async function findFunctions(
  client: LambdaClient,
  names: readonly string[],
): Promise<Map<string, FunctionFact>> {
  const wanted = new Set(names);
  const found = new Map<string, FunctionFact>();
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    for (const { FunctionName = '', FunctionArn = '', LastModified, CodeSha256 } of Functions) {
      if (!wanted.has(FunctionName)) continue;
      found.set(FunctionName, {
        arn: FunctionArn,
        ...(LastModified === undefined ? {} : { lastModified: new Date(LastModified) }),
        ...(CodeSha256 === undefined ? {} : { codeSha256: CodeSha256 }),
      });
    }
  }
  return found;
}

/** Digests of the packages in dist/, by function name, as Lambda gives them; empty before a build. */
export async function packageDigests(
  functionNames: readonly string[],
  folder = join(ROOT, 'dist'),
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const name of functionNames) {
    const bytes = await readFile(join(folder, `${packageName(name)}.zip`)).catch(() => undefined);
    if (bytes !== undefined) digests.set(name, createHash('sha256').update(bytes).digest('base64'));
  }
  return digests;
}

/** The last commit that touched what the functions are built from; undefined without a git history. */
export async function sourcesChangedAt(): Promise<Date | undefined> {
  const { stdout } = await run('git', ['log', '-1', '--format=%cI', '--', ...SOURCES], { cwd: ROOT }).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() === '' ? undefined : new Date(stdout.trim());
}
