import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { Authorizer } from '../../scripts/local/gateway/authorizer.ts';
import { gatewayFor } from '../support/gateway-fixture.ts';
import { accessBy } from './credentials.ts';
import { fixedTools, invokeFixed } from './fixed-tools.ts';
import { meaningful } from './meaning.ts';
import { startNameShim } from './name-shim.ts';
import { PASSES } from './passes.ts';
import { baselineFile, differences, listed, type Revision, runSuite } from './suite.ts';

const REVISIONS = Object.keys(PASSES) as Revision[];

/** The address of a gateway that serves the suite's tools by the suite's names. */
async function served(type: Authorizer['type']): Promise<string> {
  const { authorizer, authenticate } = await accessBy(type);
  const gateway = await gatewayFor({ tools: fixedTools, invoke: invokeFixed, authorizer });
  return startNameShim(gateway, authenticate);
}

describe.each(REVISIONS)('the official suite for %s', (revision) => {
  it.each(['NONE', 'AWS_IAM', 'CUSTOM_JWT'] as const)('passes up to the baseline, authorizer %s', async (type) => {
    const { code, output, checks } = await runSuite(await served(type), revision, baselineFile(revision));
    expect(differences(listed(revision), checks)).toEqual({ unlisted: [], stale: [] });
    expect(code, output).toBe(0);
    expect(meaningful(checks)).toEqual(PASSES[revision]);
  });

  it('is red for a failure that is not listed and for a pass that is', async () => {
    const [first = '', ...others] = listed(revision);
    const entries = [...others, 'dns-rebinding-protection', 'tools-list'];
    const folder = mkdtempSync(join(tmpdir(), 'central-ops-baseline-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'baseline.yml');
    writeFileSync(file, stringify({ server: entries }));
    const { code, output, checks } = await runSuite(await served('NONE'), revision, file);
    expect(code).toBe(1);
    expect(output).toMatch(/Stale baseline entries[^\n]*\n {2}✓ tools-list\n/);
    expect(output).toContain(`Unexpected failures (not in baseline):\n  ✗ ${first}\n`);
    expect(differences(entries, checks)).toEqual({
      unlisted: [expect.stringContaining(first)],
      stale: ['dns-rebinding-protection', 'tools-list'],
    });
  });
});
