import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bridges, catalog } from '../schemas/catalog.ts';
import { kebabCase } from '../schemas/define-tool.ts';
import { startStub } from '../scripts/bench/aws-stub.ts';
import { accountIds, functionEnvironment } from '../scripts/bench/environment.ts';
import { nodeForm, type Subject, start } from '../scripts/bench/subject.ts';
import { type Bundle, buildFunctions } from '../scripts/build.ts';

/** Outside the project, so that no bundle finds node_modules beside it. */
const folder = await mkdtemp(join(tmpdir(), 'central-ops-bundles-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const bundles = await buildFunctions({ outdir: join(folder, 'measured') });
const { inputs, outputs } = JSON.parse(await readFile(join(folder, 'measured', 'meta.json'), 'utf8')) as Metafile;

/** What the machinery around every handler needs: a session of the role, and the organization's accounts. */
const EVERYWHERE = ['client-organizations', 'client-sts'];
/** The one file of shared/ itself that brings another client; those of one service live in its folders. */
const INVOKE = { path: 'shared/invoke-tool.ts', client: 'client-lambda' };
const REPLACEMENTS = ['lambda-credentials', 'no-event-streams', 'no-schema-validator', 'plain-spawn'].map(
  (name) => `scripts/build/${name}.ts`,
);
/** The one function that starts a process: the server of others that it passes calls on to. */
const STARTS_PROCESSES = 'mcp-bridge';

describe.each(bundles)('$name', (bundle) => {
  const { name, bytes } = bundle;
  const tool = [...catalog, ...bridges].find((each) => kebabCase(each.name) === name);
  const files = Object.keys(bundle.inputs).filter((path) => (bundle.inputs[path] ?? 0) > 0);
  const own = files.filter((path) => !path.startsWith('node_modules/'));

  test('is small', () => {
    const most = tool?.toolset === 'security' ? 1_000_000 : tool?.toolset === 'bridge' ? 600_000 : 460_000;
    const why = `Every kilobyte is loaded at each cold start. Has an SDK release changed its file layout (scripts/build/)? Largest:\n${largest(bundle)}`;
    expect(bytes, why).toBeLessThanOrEqual(most);
  });

  test('holds only the SDK clients that its own source imports, STS and Organizations', () => {
    const wanted = own.filter((path) => !/^shared\/[^/]+$/.test(path)).flatMap(clientsImportedBy);
    const invoke = own.includes(INVOKE.path) ? [INVOKE.client] : [];
    const held = new Set(files.flatMap((path) => clientName(path) ?? []));
    expect(
      [...held].filter((client) => ![...wanted, ...invoke, ...EVERYWHERE].includes(client)),
      'A client that the tool does not use is 30 KB or more at each cold start.',
    ).toEqual([]);
  });

  test('holds neither the catalog nor another function', () => {
    const strangers = own.filter(
      (path) => path === 'schemas/catalog.ts' || (path.startsWith('functions/') && path !== `functions/${name}.ts`),
    );
    expect(strangers, 'One function is one tool: the catalog would bring every declaration.').toEqual([]);
  });

  test('holds nothing of the scripts but the replacements of SDK parts', () => {
    const others = own.filter((path) => path.startsWith('scripts/') && !REPLACEMENTS.includes(path));
    expect(others, 'Scripts run on laptops, with other rights than a function has.').toEqual([]);
  });

  test('imports nothing that makes its start slow or runs foreign code', () => {
    const { imports } = outputOf(name);
    const statically = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
    expect(statically, 'As ES module node:http costs 20 ms of cold start.').not.toContain('node:http');
    const locales = files.filter((path) => /\/zod\/.*\/locales\/(?!en\.)/.test(path));
    expect(locales, "import { z } from 'zod' brings every locale; write import * as z.").toEqual([]);
    const modules = imports.map(({ path }) => path);
    const runners = modules.filter((path) => /^(node:)?(child_process|vm|worker_threads|cluster|inspector)/.test(path));
    const started = name === STARTS_PROCESSES ? ['node:child_process'] : [];
    expect(runners, 'The tools read; none of them starts a process or compiles code.').toEqual(started);
    const packages = modules.filter((path) => !isBuiltin(path));
    expect(packages, 'A bundle is whole: Lambda has no node_modules for it.').toEqual([]);
  });

  test('loads under plain Node without node_modules and refuses without configuration', async () => {
    const subject = await start(nodeForm(name, bundle.file, {}), tool?.example.input ?? {});
    await subject.stop();
    expect(subject.first.answer.error?.code, 'Without configuration a tool refuses and calls nothing.').toBe(
      'not_configured',
    );
  });
});

describe('our own sources', () => {
  const sources = Object.keys(inputs).filter((path) => !path.startsWith('node_modules/'));

  test('depend in one direction only: functions → shared → schemas → zod', () => {
    const back = sources.flatMap((from) =>
      importsOf(from)
        .filter((to) => !mayImport(from, to))
        .map((to) => `${from} → ${to}`),
    );
    expect(back, 'Whoever reads a declaration must not load an AWS client, and no handler another one.').toEqual([]);
  });

  test('bring the clients of a service from its own folder only', () => {
    const strangers = sources
      .filter((path) => /^shared\/[^/]+$/.test(path))
      .flatMap((path) => clientsImportedBy(path).map((client) => ({ path, client })))
      .filter(({ client }) => !EVERYWHERE.includes(client))
      .filter(({ path, client }) => path !== INVOKE.path || client !== INVOKE.client);
    expect(strangers, 'shared/*.ts is in every bundle, and its clients with it.').toEqual([]);
  });

  test('run no text as code and start no process', async () => {
    const texts = await Promise.all(sources.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
    const others = texts.filter(({ path }) => path !== 'scripts/build/plain-spawn.ts');
    const bad = others.filter(({ text }) => /\beval\s*\(|\bnew\s+Function\b|child_process|node:vm/.test(text));
    expect(
      bad.map(({ path }) => path),
      'Text from AWS is written by strangers; nothing may turn it into code.',
    ).toEqual([]);
  });
});

test('the same sources give the same bytes', async () => {
  const [again] = await buildFunctions({ outdir: join(folder, 'again'), only: ['describe-ec2-instances'] });
  const first = bundles.find(({ name }) => name === again?.name);
  const [one, two] = await Promise.all([first, again].map((bundle) => readFile(bundle?.file ?? '')));
  expect(one?.equals(two ?? Buffer.of()), 'A deployment shows as changed only what has changed.').toBe(true);
});

const target = { account_id: '111111111111', region: 'us-east-1' };

test.each([
  {
    name: 'describe-ec2-instances',
    events: [
      target,
      { ...target, max_results: 3, fields: ['InstanceId', 'SecurityGroupIds', 'HttpTokens'] },
      { account_id: 'all', region: 'all' },
      { ...target, account_id: '999999999999' },
      { ...target, filters: [{ Name: 'tag:Team', Values: ['payments'] }], instance_ids: ['i-1'] },
    ],
  },
  // Denied by the stub: the SDK's error classes come out of the same schemas.
  { name: 'get-s3-bucket-info', events: [{ account_id: '111111111111', bucket_name: 'invoices' }] },
])('$name answers as its plain bundle does', async ({ name, events }) => {
  const measured = bundles.find((bundle) => bundle.name === name);
  const [plain] = await buildFunctions({ outdir: join(folder, 'plain'), plain: true, only: [name] });
  const stub = await startStub(undefined, { instances: 7, pageSize: 5 });
  const environment = functionEnvironment(stub.http, accountIds(3));
  const subjects: Subject[] = [];
  try {
    for (const bundle of [measured, plain]) {
      subjects.push(await start(nodeForm(name, bundle?.file ?? '', environment), events[0] ?? {}));
    }
    for (const event of events) {
      const [ours, theirs] = await Promise.all(subjects.map((subject) => subject.call(event)));
      // A cursor is sealed with a random number.
      const cursor = expect.any(String);
      const expected = {
        ...theirs?.answer,
        ...(theirs?.answer.next_token === undefined ? {} : { next_token: cursor }),
      };
      expect(ours?.answer, 'Leaving parts of the SDK out must not change an answer.').toEqual(expected);
    }
  } finally {
    await Promise.all(subjects.map((subject) => subject.stop()));
    await stub.close();
  }
});

function outputOf(name: string): Metafile['outputs'][string] {
  const found = Object.values(outputs).find(({ entryPoint }) => entryPoint === `functions/${name}.ts`);
  if (found === undefined) throw new Error(`The metafile knows no bundle of functions/${name}.ts.`);
  return found;
}

function importsOf(path: string): string[] {
  return (inputs[path]?.imports ?? []).map((each) => each.path);
}

function clientsImportedBy(path: string): string[] {
  return importsOf(path).flatMap((imported) => clientName(imported) ?? []);
}

function clientName(path: string): string | undefined {
  return /^node_modules\/@aws-sdk\/(client-[^/]+)\//.exec(path)?.[1];
}

function mayImport(from: string, to: string): boolean {
  if (to === 'schemas/catalog.ts') return false;
  if (REPLACEMENTS.includes(from)) return to.startsWith('node:');
  if (from.startsWith('schemas/')) return /^(schemas|node_modules\/zod)\//.test(to);
  if (from.startsWith('shared/')) return /^(shared|schemas|node_modules)\/|^node:/.test(to);
  if (from.startsWith('functions/')) return /^(shared|schemas|node_modules)\/|^node:/.test(to);
  return false;
}

function largest({ inputs: shares }: Bundle): string {
  const sorted = Object.entries(shares).sort(([, a], [, b]) => b - a);
  return sorted
    .slice(0, 8)
    .map(([path, bytes]) => `${bytes} ${path}`)
    .join('\n');
}
