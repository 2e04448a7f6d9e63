import { catalog } from '../../../../schemas/catalog.ts';
import { countListTokens } from '../../../tokens.ts';
import { type Contender, compete, type Said } from '../contender.ts';
import { type Closers, openAll, withClosers } from '../opening.ts';
import type { PeerRow, PeerWorld } from '../types.ts';
import { comparedControls } from './controls.ts';
import { type Finding, judge } from './judge.ts';
import { notesOf } from './notes.ts';
import { openOurChecks, findingsOf as oursOf } from './ours.ts';
import { installProwler, PROWLER, findingsOf as prowlersOf, scanAll } from './prowler.ts';
import {
  askedControls,
  reasonOf,
  SECURITY_SERVER,
  findingsOf as serversOf,
  startSecurityServer,
} from './security-server.ts';
import { addPeerStubs } from './stubs.ts';
import { readTruth, type Truth } from './truth.ts';

const OURS = 'Central Ops Tools, its two checks';
/** Prowler takes minutes for each account on a busy machine, so everybody is asked once. */
const LIMIT_MS = 40 * 60_000;
const ROUNDS = 1;

/** Who finds what is wrong in the demo organization, over all accounts and the Regions with resources. */
export async function compareSecurity(world: PeerWorld): Promise<PeerRow[]> {
  return withClosers(async (folder, closers) => {
    const truth = await readTruth(world);
    const question = questionOf(world, truth);
    const questions = [question];
    closers.push(addPeerStubs(world));
    const { contenders, missing } = await openAll([
      { subject: OURS, questions, open: () => ours(world, truth, question, folder, closers) },
      { subject: PROWLER, questions, open: () => prowler(world, truth, question) },
      { subject: SECURITY_SERVER, questions, open: () => securityServer(world, truth, question, closers) },
    ]);
    process.stderr.write(`${question} …\n`);
    return [...(await compete({ ...world, rounds: ROUNDS }, contenders)), ...missing];
  });
}

function questionOf({ demo }: PeerWorld, { expected }: Truth): string {
  const accounts = demo.estate.accounts.filter(({ reachable }) => reachable).length;
  return `What is wrong: ${expected.length} failures of ${comparedControls.length} controls in ${accounts} accounts and ${demo.estate.regions.length} Regions, asked once`;
}

async function ours(
  world: PeerWorld,
  truth: Truth,
  question: string,
  folder: string,
  closers: Closers,
): Promise<Contender[]> {
  const checks = await openOurChecks(world, folder);
  closers.push(() => checks.stop());
  const all = { has: () => true };
  const toolListTokens = countListTokens(catalog);
  const said = (answers: Awaited<ReturnType<typeof checks.ask>>): Said => ({
    text: answers.map((answer) => JSON.stringify(answer)).join('\n'),
    ...judged(truth, oursOf(answers), all, () => 'a fault of ours'),
  });
  return [
    {
      question,
      subject: OURS,
      ours: true,
      limitMs: LIMIT_MS,
      toolListTokens,
      note: 'CheckStorageEncryption and CheckNetworkSecurity, one after the other; an agent is shown a bounded answer by default, here all of it is asked for',
      ask: async (roots) => said(await checks.ask(roots)),
    },
    {
      question,
      subject: `${OURS}, in new processes`,
      ours: true,
      limitMs: LIMIT_MS,
      toolListTokens,
      ask: async (roots) => said(await checks.askAnew(roots)),
    },
  ];
}

async function prowler(world: PeerWorld, truth: Truth, question: string): Promise<Contender[]> {
  const scan = await installProwler();
  const asked = new Set(comparedControls.flatMap(({ id, prowler }) => (prowler.length > 0 ? [id] : [])));
  const reasons = new Map(comparedControls.map(({ id, reason }) => [id, reason]));
  return [
    {
      question,
      subject: PROWLER,
      limitMs: LIMIT_MS,
      note: 'the checks of these controls only, a process for each account, one after another; it reads much more than these checks need, and writes a report that no model is shown',
      ask: async (roots) =>
        judged(truth, prowlersOf(await scanAll(scan, world, roots)), asked, (control) => reasons.get(control) ?? ''),
    },
  ];
}

async function securityServer(
  world: PeerWorld,
  truth: Truth,
  question: string,
  closers: Closers,
): Promise<Contender[]> {
  const server = await startSecurityServer(world);
  closers.push(() => server.stop());
  return [
    {
      question,
      subject: SECURITY_SERVER,
      limitMs: LIMIT_MS,
      toolListTokens: server.toolListTokens,
      note: 'a call for each account, Region and check, one after another, with a profile for each account; Resource Explorer has no view here, so it lists by the services themselves',
      ask: async (roots) => {
        const { answers, text } = await server.ask(roots);
        return { text, ...judged(truth, serversOf(answers), askedControls, reasonOf) };
      },
    },
  ];
}

function judged(
  truth: Truth,
  findings: readonly Finding[],
  asked: { has(control: string): boolean },
  reason: (control: string) => string,
): Pick<Said, 'verdict' | 'note'> {
  const known = new Set(comparedControls.map(({ id }) => id));
  const compared = findings.filter(({ controls }) => controls.some((control) => known.has(control)));
  const verdict = judge(truth.expected, truth.settle(compared));
  const note = notesOf(verdict, truth.expected, asked, reason);
  return { verdict, ...(note === '' ? {} : { note }) };
}
