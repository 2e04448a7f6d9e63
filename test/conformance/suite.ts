import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(ROOT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');

export type Revision = '2025-11-25' | '2026-07-28';

export interface Check {
  readonly id: string;
  readonly name: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
}

export interface SuiteRun {
  /** 0 when exactly what the baseline lists has failed. */
  readonly code: number;
  /** The suite's own summary. */
  readonly output: string;
  readonly checks: ReadonlyMap<string, readonly Check[]>;
}

export function baselineFile(revision: Revision): string {
  return join(import.meta.dirname, `baseline-${revision}.yml`);
}

/** The entries of a baseline: `scenario`, or `scenario:check`. */
export function listed(revision: Revision): string[] {
  return parse(readFileSync(baselineFile(revision), 'utf8')).server;
}

/** Runs the official suite's server scenarios against an address, in a process of its own. */
export async function runSuite(url: string, revision: Revision, baseline: string): Promise<SuiteRun> {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-conformance-'));
  const options = ['--url', url, '--requirements', revision, '--expected-failures', baseline, '-o', folder];
  try {
    const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
      const done = (error: Error | null, stdout: string) => {
        const text = stripVTControlCharacters(stdout);
        const summary = text.slice(Math.max(0, text.indexOf('=== SUMMARY ===')));
        resolve({ code: error === null ? 0 : Number((error as { code?: unknown }).code), output: summary });
      };
      execFile(process.execPath, [PROGRAM, 'server', ...options], { maxBuffer: 64_000_000 }, done);
    });
    // A folder per scenario: server-<scenario>-<time>.
    const checks = readdirSync(folder).map((each): [string, Check[]] => [
      each.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\dZ-]+$/, ''),
      JSON.parse(readFileSync(join(folder, each, 'checks.json'), 'utf8')),
    ]);
    return { code, output, checks: new Map(checks) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Differences {
  /** Failures and warnings that the baseline does not list. */
  readonly unlisted: string[];
  /** Entries of the baseline for which nothing failed. The suite itself lets a check pass that was not run. */
  readonly stale: string[];
}

export function differences(entries: readonly string[], checks: SuiteRun['checks']): Differences {
  const failed = new Map(
    [...checks].map(([scenario, all]) => [
      scenario,
      new Set(all.filter(({ status }) => status === 'FAILURE' || status === 'WARNING').map(({ id }) => id)),
    ]),
  );
  const names = [...failed].flatMap(([scenario, ids]) => [...ids].map((id) => `${scenario}:${id}`));
  return {
    unlisted: names.filter((name) => !entries.includes(name) && !entries.includes(name.split(':')[0] ?? '')),
    stale: entries.filter((entry) => !names.includes(entry) && !failed.get(entry)?.size),
  };
}
