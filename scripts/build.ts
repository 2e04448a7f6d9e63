import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import Table from 'cli-table3';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { clientManifests } from './build/client-manifests.ts';
import { schemaShake } from './build/schema-shake.ts';

const root = join(import.meta.dirname, '..');

export interface BuildFunctionsOptions {
  /** Where the bundles go, absolute or relative to the project; `dist` when absent. */
  readonly outdir?: string;
  /** Plain esbuild without the measured settings: what the benchmark compares with. */
  readonly plain?: boolean;
  /** Only these functions, by their kebab-case names. */
  readonly only?: readonly string[];
}

export interface Bundle {
  /** The function's kebab-case name. */
  readonly name: string;
  /** Absolute path of its index.mjs. */
  readonly file: string;
  readonly bytes: number;
  /** The files that the bundle holds, relative to the project, with their share of its bytes. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** The settings with which describe-ec2-instances starts in 0.4 of the time that its plain bundle needs: npm run bench. */
const measured = {
  target: 'node24',
  // esbuild's default for Node prefers the SDK's CommonJS files, of which nothing can be left out.
  mainFields: ['module', 'main'],
  plugins: [schemaShake, clientManifests],
  alias: {
    '@aws-sdk/credential-provider-node': './scripts/build/lambda-credentials.ts',
    '@smithy/core/event-streams': './scripts/build/no-event-streams.ts',
    '@modelcontextprotocol/client/_shims': './scripts/build/no-schema-validator.ts',
    'cross-spawn': './scripts/build/plain-spawn.ts',
  },
} satisfies BuildOptions;

/** The SDK's CommonJS files call require, which an ES module does not have. */
const plain = {
  banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
} satisfies BuildOptions;

/** Bundles the functions, each into one minified ES module that exports `handler`; the same sources give the same bytes. */
export async function buildFunctions(options: BuildFunctionsOptions = {}): Promise<Bundle[]> {
  const outdir = resolve(root, options.outdir ?? 'dist');
  const names = await functionNames(options.only);
  if (options.outdir === undefined && options.only === undefined) await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `functions/${name}.ts`, out: `${name}/index` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    logLevel: 'warning',
    ...(options.plain ? plain : measured),
  });
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'meta.json'), JSON.stringify(metafile));
  return names.map((name) => toBundle(name, join(outdir, name, 'index.mjs'), metafile));
}

async function functionNames(only: readonly string[] | undefined): Promise<string[]> {
  const files = (await readdir(join(root, 'functions'))).filter((file) => file.endsWith('.ts')).sort();
  const names = files.map((file) => basename(file, '.ts'));
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no function ${unknown.join(', ')} in functions/.`);
  return only === undefined ? names : names.filter((name) => only.includes(name));
}

function toBundle(name: string, file: string, { outputs }: Metafile): Bundle {
  const output = outputs[relative(root, file).replaceAll('\\', '/')];
  if (output === undefined) throw new Error(`esbuild wrote no ${file}.`);
  const inputs = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const);
  return { name, file, bytes: output.bytes, inputs: Object.fromEntries(inputs) };
}

if (import.meta.main) {
  const bundles = await buildFunctions();
  const table = new Table({
    head: ['function', 'KB'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, bytes } of bundles) table.push([name, (bytes / 1_000).toFixed(1)]);
  console.log(table.toString());
}
