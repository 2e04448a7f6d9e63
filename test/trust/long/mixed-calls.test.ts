import { expect, it } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import { seededRandom } from '../../../scripts/local/simulator/seeded-random.ts';
import type { NamedFault } from '../../support/fake-aws.ts';
import { type Answer, ask, inFakeAws, invokeInProcess } from '../../support/in-fake-aws.ts';
import { markedAnswer, ownersIn } from '../../support/marked-answers.ts';
import { retryAtOnce } from '../../support/retry-at-once.ts';
import { allFields, wideEvent } from '../../support/wide-event.ts';

const ACCOUNTS = Array.from({ length: 25 }, (_, index) => String(720_000_000_000 + index));
const REGIONS = ['us-east-1', 'eu-west-1'];
const FAULTS: NamedFault[] = ['role denied', 'denied', 'region off', 'internal error', 'half a body', 'throttled'];
/** They read what an account has once, wherever that is kept. */
const GLOBAL = /^(get_account_metadata|(get|list)_s3_|Check|GetSecurityFindings)/;

const aws = inFakeAws({ accounts: ACCOUNTS, contextStore: { bucket: 'contexts', ttlHours: 1 } });
const random = seededRandom(490);
const oneOf = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;

interface Question {
  readonly tool: Tool;
  readonly event: Record<string, unknown>;
}

/** A tenth is bad: a stranger's account, or an argument that there is not. */
function question(): Question {
  const tool = oneOf(catalog);
  const account_id = random() < 0.8 ? oneOf(ACCOUNTS) : [...new Set([oneOf(ACCOUNTS), oneOf(ACCOUNTS)])].join();
  const region = random() < 0.8 ? oneOf(REGIONS) : 'all';
  const place = Object.entries({ account_id, region }).filter(([name]) => Object.hasOwn(tool.input.shape, name));
  const event = { ...wideEvent(tool), ...allFields(tool), ...Object.fromEntries(place) };
  const bad = random();
  if (bad < 0.05) return { tool, event: { ...event, account_id: '729999999999' } };
  return { tool, event: bad < 0.1 ? { ...event, account: oneOf(ACCOUNTS) } : event };
}

/** Sealed cursors differ from one sealing to the next, ages with the time, and failures come in the order of their arrival. */
function comparable(answer: Answer): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value) => {
      if (key === 'next_token' || key === 'age_seconds') return 'given';
      // Of requests side by side, the message names the one that failed first.
      if (key === 'message' || key === 'action') return 'given';
      return key === 'failures' ? value.flatMap(failedCells).sort() : value;
    }),
  );
}

/** `account/region/code` of each cell that a failure names. */
function failedCells({ account_id, region, code }: { account_id: string; region: string; code: string }): string[] {
  const regions = region.split(',');
  return account_id.split(',').flatMap((account) => regions.map((each) => `${account}/${each}/${code}`));
}

it('4.9 1,000 mixed calls of every tool in one process: nothing of one account or call in the answer of another', async () => {
  retryAtOnce();
  aws().answers = markedAnswer;
  invokeInProcess(aws());
  for (const [index, fault] of FAULTS.entries()) aws().faults.set(ACCOUNTS[index] as string, fault);
  const asked: (Question & { answer: Answer })[] = [];
  for (let wave = 0; wave < 40; wave++) {
    const questions = Array.from({ length: 25 }, question);
    const answers = await Promise.all(questions.map(({ tool, event }) => ask(tool, event)));
    asked.push(...questions.map((each, index) => ({ ...each, answer: answers[index] as Answer })));
  }
  for (const { tool, event, answer } of asked) {
    const allowed = String(event.account_id).split(',');
    const regions = event.region === 'all' || GLOBAL.test(tool.name) ? REGIONS : [event.region];
    const expected = allowed.flatMap((account) => regions.map((region) => `${account}/${region}`));
    expect(expected, `${tool.name} ${JSON.stringify(event)}`).toEqual(expect.arrayContaining(ownersIn(answer)));
    expect(JSON.stringify(answer)).not.toContain('PLANTED');
  }
  const withData = asked.filter(({ answer }) => ownersIn(answer).length > 0);
  expect(withData.length).toBeGreaterThan(asked.length / 2);
  expect(asked.filter(({ answer }) => answer.error !== undefined).length).toBeGreaterThan(asked.length / 10);
  // The same question alone has the same answer: what ran beside it changed nothing.
  for (const { tool, event, answer } of asked) {
    const alone = await ask(tool, event);
    expect(comparable(answer), `${tool.name} ${JSON.stringify(event)}`).toEqual(comparable(alone));
  }
});
