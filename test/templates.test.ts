import { beforeAll, describe, expect, it } from 'vitest';
import { cfnLint } from '../scripts/package/cfn-lint.ts';
import type { Template } from '../scripts/package/cloudformation.ts';
import { TARGET_ROLE_PATH } from '../scripts/package/package-service.ts';
import { readTemplate } from '../scripts/package/read-template.ts';
import { rules, violations } from '../scripts/package/rules.ts';
import { badTemplates } from './support/bad-templates.ts';
import { deployable, type Packaged, packaged } from './support/packaged.ts';

const { contextStore: _store, managementAccountId: _account, ...small } = deployable;

const configurations = [
  ['an organization read through its management account', deployable],
  ['an organization read with the own role, without a context store', small],
  ['a list of accounts', { ...deployable, accounts: ['111111111111', '222222222222'] }],
  ['one toolset', { ...deployable, toolsets: ['security' as const] }],
] as const;

/** By name, and filled before the first test. */
const templates = new Map<string, Template>();
let stacks: Packaged[];

beforeAll(async () => {
  stacks = await Promise.all(configurations.map(([, configuration]) => packaged(configuration as typeof deployable)));
  stacks.forEach(({ template }, index) => {
    templates.set(configurations[index]?.[0] ?? '', template);
  });
  templates.set('the member role', await readTemplate(TARGET_ROLE_PATH));
});

describe('the templates keep every rule', () => {
  it.each([...configurations.map(([name]) => name), 'the member role'])('%s', (name) => {
    expect(violations(templates.get(name) as Template)).toEqual([]);
  });

  it('and fit CloudFormation: 500 resources, 200 outputs, a megabyte', () => {
    for (const template of templates.values()) {
      expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
      expect(Object.keys(template.Outputs ?? {}).length).toBeLessThanOrEqual(200);
      expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
    }
  });
});

describe('each rule catches a bad template', () => {
  it.each(rules.map(({ name }) => name))('%s', (name) => {
    const spoiled = badTemplates[name];
    expect(spoiled, `write a bad template for the rule ${name}`).toBeDefined();
    for (const { of, spoil } of spoiled ?? []) {
      const bad = structuredClone(templates.get(of ?? configurations[0][0])) as Template;
      spoil(bad.Resources as never, bad as never);
      expect(violations(bad).map(({ rule }) => rule)).toContain(name);
    }
  });

  it('and there is none for a rule that does not exist', () => {
    expect(Object.keys(badTemplates).sort()).toEqual(rules.map(({ name }) => name).sort());
  });
});

const { version } = cfnLint([TARGET_ROLE_PATH]);
if (version === undefined) console.warn('SKIPPED: cfn-lint over the templates. pip install cfn-lint runs it.');

describe.skipIf(version === undefined && !process.env.CI)('cfn-lint has nothing to say', () => {
  it('about the stack of each configuration and the member role', { timeout: 120_000 }, () => {
    expect(cfnLint([...stacks.map(({ path }) => path), TARGET_ROLE_PATH])).toEqual({ version, complaints: '' });
  });
});
