import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { catalog } from '../schemas/catalog.ts';
import { kebabCase } from '../schemas/define-tool.ts';
import { toGatewayTool } from '../schemas/gateway-schema.ts';
import { serverlessFunctions } from './generate/serverless-functions.ts';
import { stubbedOperations } from './generate/stubbed-operations.ts';
import { targetRoleTemplate } from './generate/target-role.ts';
import { readmeTable, toolsTable } from './generate/tools-table.ts';
import { replaceSection } from './readme/section.ts';
import { countDefinitionTokens } from './tokens.ts';

const ROOT = join(import.meta.dirname, '..', 'generated');
const README = join(import.meta.dirname, '..', 'README.md');

/** Every generated file by its path below generated/. */
export function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const definitions = catalog.map((tool) => ({ tool, definition: toGatewayTool(tool) }));
  for (const { tool, definition } of definitions) {
    files.set(`gateway/${kebabCase(tool.name)}.json`, json(definition));
    files.set(`events/${kebabCase(tool.name)}.json`, json(tool.example.input));
  }
  // A bare array: what `agentcore add gateway-target --tool-schema-file` and the Gateway's S3 schema take.
  files.set('tools.json', json(definitions.map(({ definition }) => definition)));
  files.set('functions.yml', serverlessFunctions(catalog));
  files.set('target-role.yml', targetRoleTemplate(catalog));
  files.set('tools.md', toolsTable(catalog));
  files.set('stubs.md', stubbedOperations());
  return files;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function existing(): Promise<Map<string, string>> {
  const entries = await readdir(ROOT, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(ROOT.length + 1), await readFile(path, 'utf8')] as const)),
  );
}

async function main(check: boolean): Promise<void> {
  const page = await readFile(README, 'utf8');
  const current = replaceSection(page, 'tools', readmeTable(catalog));
  const [wanted, found] = [generatedFiles(), await existing()];
  const stale = [...wanted].filter(([path, text]) => found.get(path) !== text).map(([path]) => path);
  // What discovery wrote, from servers and not from declarations.
  const foreign = [...found.keys()].filter((path) => !wanted.has(path) && !path.startsWith('bridges/'));
  if (check) {
    if (page !== current) stale.push('../README.md');
    if (stale.length + foreign.length === 0) return console.log(`generated/ is current (${wanted.size} files).`);
    console.error(
      `generated/ differs from the declarations: ${[...stale, ...foreign].join(', ')}\nRun: npm run generate`,
    );
    process.exitCode = 1;
    return;
  }
  for (const path of stale) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), wanted.get(path) as string);
  }
  if (page !== current) await writeFile(README, current);
  await Promise.all(foreign.map((path) => rm(join(ROOT, path))));
  const tokens = catalog.map((tool) => [tool.name, countDefinitionTokens(tool)] as const);
  for (const [name, count] of tokens) console.log(`${String(count).padStart(5)} tokens  ${name}`);
  const total = tokens.reduce((sum, [, count]) => sum + count, 0);
  console.log(
    `${String(total).padStart(5)} tokens  ${tokens.length} tools, ${Math.round(total / tokens.length)} on average`,
  );
  console.log(`${stale.length} files written, ${foreign.length} removed, ${wanted.size - stale.length} unchanged.`);
}

if (import.meta.main) {
  const { check = false } = new Command('generate')
    .description('Writes generated/ from the declarations.')
    .option('--check', 'write nothing; exit 1 when generated/ is not current')
    .parse()
    .opts<{ check?: boolean }>();
  await main(check);
}
