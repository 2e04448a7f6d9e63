import { spawnSync } from 'node:child_process';

export interface LintResult {
  /** Absent when cfn-lint is not on this machine. */
  readonly version?: string;
  /** What it complains of; empty when it has nothing to say. */
  readonly complaints: string;
}

/** Runs cfn-lint over templates, where a Python of this machine has it. Warnings count as complaints. */
export function cfnLint(templates: readonly string[]): LintResult {
  const version = run(['--version']);
  if (version.status !== 0) return { complaints: '' };
  const { status, stdout, stderr } = run(['--format', 'parseable', ...templates]);
  return {
    version: version.stdout.trim().split(' ').at(-1) ?? '',
    complaints: status === 0 ? '' : `${stdout}${stderr}`.trim() || `cfn-lint ended with ${status}.`,
  };
}

function run(args: readonly string[]) {
  const program = 'import sys; from cfnlint.runner import main; sys.exit(main())';
  return spawnSync('python3', ['-c', program, ...args], { encoding: 'utf8' });
}
