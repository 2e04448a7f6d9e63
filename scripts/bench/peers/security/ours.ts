import { join } from 'node:path';
import { toEnvironment } from '../../../../shared/config.ts';
import { buildFunctions } from '../../../build.ts';
import { demoConfiguration } from '../../../local/demo.ts';
import { type Form, nodeForm, type Subject, start } from '../../subject.ts';
import type { PeerWorld } from '../types.ts';
import type { Finding } from './judge.ts';

/** The two functions, and what is asked of each. */
const QUESTIONS = {
  'check-storage-encryption': { include_unencrypted_only: true },
  'check-network-security': { include_non_compliant_only: true },
} as const;

/** The functions in processes of their own, as Lambda runs them. */
export interface OurChecks {
  /** Both answers. */
  ask(roots: Set<number>): Promise<Checked[]>;
  /** Both answers as the first ones of new processes. */
  askAnew(roots: Set<number>): Promise<Checked[]>;
  stop(): Promise<void>;
}

/** An answer of a check, as far as it is judged. */
export interface Checked {
  readonly error?: { readonly message: string };
  readonly resource_details: readonly {
    readonly AccountId?: string;
    readonly Region?: string;
    readonly id: string;
    /** The state of each control. */
    readonly checks?: Readonly<Record<string, string>>;
  }[];
  readonly next_token?: string;
}

export async function openOurChecks({ demo }: PeerWorld, folder: string): Promise<OurChecks> {
  const { estate } = demo;
  const names = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[];
  const bundles = await buildFunctions({ outdir: join(folder, 'bundles'), only: names });
  const environment = {
    ...demo.environment,
    ...toEnvironment(demoConfiguration(estate), 'benchmark-secret-of-32-characters'),
    PATH: process.env.PATH ?? '',
  };
  const jobs = bundles.map(({ name, file }) => ({
    form: nodeForm(name, file, environment),
    event: {
      ...QUESTIONS[name as keyof typeof QUESTIONS],
      account_id: 'all',
      region: estate.regions.join(),
      store_in_context: false,
      max_results: 1_000,
      fields: ['type', 'id', 'name', 'checks'],
    },
  }));
  const open: { subject: Subject; event: object }[] = [];
  for (const { form, event } of jobs) open.push({ subject: await start(form, event), event });
  return {
    ask: async (roots) => {
      for (const { subject } of open) roots.add(subject.pid);
      const answers = [];
      for (const { subject, event } of open) answers.push((await subject.call(event)).answer);
      return answers as unknown as Checked[];
    },
    askAnew: async (roots) => {
      const answers = [];
      for (const { form, event } of jobs) answers.push(await firstOf(form, event, roots));
      return answers;
    },
    stop: async () => {
      for (const { subject } of open) await subject.stop();
    },
  };
}

async function firstOf(form: Form, event: object, roots: Set<number>): Promise<Checked> {
  const subject = await start(form, event, (pid) => roots.add(pid));
  await subject.stop();
  return subject.first.answer as unknown as Checked;
}

/** The failures that answers name. */
export function findingsOf(answers: readonly Checked[]): Finding[] {
  for (const { error, next_token } of answers) {
    if (error !== undefined) throw new Error(error.message);
    if (next_token !== undefined) throw new Error('the answer is not whole');
  }
  return answers.flatMap(({ resource_details }) =>
    resource_details.flatMap(({ AccountId = '', Region = '', id, checks = {} }) =>
      Object.entries(checks)
        .filter(([, state]) => state === 'fail')
        .map(([control]) => ({ controls: [control], accountId: AccountId, region: Region, resource: id })),
    ),
  );
}
