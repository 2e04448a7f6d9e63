import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bridges, catalog } from '../schemas/catalog.ts';
import { kebabCase } from '../schemas/define-tool.ts';
import { toGatewayTool } from '../schemas/gateway-schema.ts';
import { countDefinitionTokens } from '../scripts/tokens.ts';
import { sessionPolicy } from '../shared/assume-role.ts';

const ROOT = join(import.meta.dirname, '..');
const names = catalog.map(({ name }) => name);
const bridgeNames = bridges.map(({ name }) => name);
const files = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace('.ts', ''));

/** Files in schemas/ that are no declaration. */
const SCHEMA_MACHINERY = [
  ...['catalog', 'configuration', 'configuration-file', 'define-tool', 'fields', 'gateway-schema', 'gateway-section'],
  ...['bridge-section', 'bridge-specification', 'mcp-servers', 'visible-name'],
];

describe('the catalog', () => {
  it('lists what functions/ holds: a handler without a line in the catalog is served by nobody', () => {
    expect([...names, ...bridgeNames].map(kebabCase).sort()).toEqual(files('functions').sort());
  });

  it('lists what schemas/ declares', () => {
    const declared = files('schemas').filter((file) => !SCHEMA_MACHINERY.includes(file));
    const shared = declared.filter((file) => ![...names, ...bridgeNames].map(kebabCase).includes(file));
    for (const file of shared) {
      expect(
        readFileSync(join(ROOT, 'schemas', `${file}.ts`), 'utf8'),
        `schemas/${file}.ts declares a tool that the catalog does not list`,
      ).not.toContain('defineTool(');
    }
    expect(declared).toEqual(expect.arrayContaining(names.map(kebabCase)));
  });

  it('names each tool once', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('costs a model at most 250 tokens a tool on average', () => {
    const tokens = catalog.map(countDefinitionTokens);
    expect(tokens.reduce((sum, each) => sum + each, 0) / tokens.length).toBeLessThanOrEqual(250);
  });
});

describe.each(catalog.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  it('has a test, whose first case is the documented example', () => {
    const path = join(ROOT, 'test', 'functions', `${kebabCase(name)}.test.ts`);
    expect(existsSync(path), `write test/functions/${kebabCase(name)}.test.ts`).toBe(true);
    expect(/\bit\((['"])(.*?)\1/.exec(readFileSync(path, 'utf8'))?.[2]).toContain('documented example');
  });

  it('has a handler of at most 60 lines: what is more belongs to shared/', () => {
    const source = readFileSync(join(ROOT, 'functions', `${kebabCase(name)}.ts`), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  it('is declared in the fixed order of keys', () => {
    const order = [
      'name',
      'toolset',
      'description',
      'input',
      'output',
      'iam',
      'ownIam',
      'memoryMb',
      'timeoutSeconds',
      'example',
    ];
    const keys = Object.keys(tool);
    expect(keys).toEqual(order.filter((key) => keys.includes(key)));
  });

  it('has a visible name of at most 64 characters, the limit of Bedrock Converse', () => {
    expect(`${kebabCase(name)}___${name}`.length).toBeLessThanOrEqual(64);
  });

  it('costs a model at most 300 tokens', () => {
    expect(countDefinitionTokens(tool)).toBeLessThanOrEqual(300);
  });

  it('refuses arguments that it does not know', () => {
    const parsed = tool.input.safeParse({ ...(tool.example.input as object), unknown_argument: 1 });
    expect(parsed.error?.issues[0]?.code).toBe('unrecognized_keys');
  });

  it('has an example that its own schemas accept', () => {
    expect(tool.input.safeParse(tool.example.input).error).toBeUndefined();
    expect(tool.output.answer.safeParse(tool.example.output).error).toBeUndefined();
  });

  it('describes every argument at the top level', () => {
    for (const [argument, { description, type }] of Object.entries(toGatewayTool(tool).inputSchema.properties ?? {})) {
      expect(
        description ?? (type === 'string' && argument.includes('name')),
        `${name}: describe ${argument}`,
      ).toBeTruthy();
    }
  });

  it('declares exact actions, and a session policy of at most 1,024 characters', () => {
    for (const action of [...tool.iam, ...(tool.ownIam ?? [])]) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
    expect(sessionPolicy(tool.iam).length).toBeLessThanOrEqual(1_024);
  });
});
