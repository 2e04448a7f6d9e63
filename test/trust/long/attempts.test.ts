import { describe, expect, it } from 'vitest';
import { catalog } from '../../../schemas/catalog.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import { SECURITY_SERVICES } from '../../../schemas/security-service.ts';
import { iamActionOf } from '../../../scripts/local/simulator/iam-actions.ts';
import { services, type WireProtocol } from '../../../scripts/local/simulator/services.ts';
import { attemptsOf, type FakeRequest, type NamedFault } from '../../support/fake-aws.ts';
import { ask, configure, inFakeAws, invokeInProcess } from '../../support/in-fake-aws.ts';
import { markedAnswer } from '../../support/marked-answers.ts';
import { retryAtOnce } from '../../support/retry-at-once.ts';
import { allFields, wideEvent } from '../../support/wide-event.ts';

/** What one operation suffers while all others answer, and the code that the caller must find. */
const FAULTS: readonly [NamedFault, string][] = [
  ['throttled', 'throttled'],
  ['internal error', 'unavailable'],
  ['html 503', 'unavailable'],
  ['reset', 'unavailable'],
  ['half a body', 'unavailable'],
  ['half a document', 'unavailable'],
  ['200 with an error', 'unavailable'],
];

/** S3 gives an object as it is, so what is no result of ours is a corrupt one. */
const CORRUPT = ['GetObject half a document', 'GetObject 200 with an error'];

/** Another request answers instead; of PutObject's answer nothing is read but that it came. */
const NOT_TOLD = [/^ListRegions /, /^PutObject half a document$/];

/** Declared, but sent in situations only that the fake does not make; all of services and protocols that are here. */
const NOT_SENT = [
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeRegions',
  'elasticloadbalancing:DescribeRules',
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBSnapshotAttributes',
  's3:GetBucketPolicyStatus',
  // Checked by AWS within GetFunction and HeadBucket.
  'lambda:ListTags',
  's3:ListAllMyBuckets',
];

const aws = inFakeAws();
let account = 740_000_000_000;

/** A tool's questions, so that together they send all that it declares. */
function questions(tool: Tool): object[] {
  const wide = { ...wideEvent(tool), ...allFields(tool) };
  switch (tool.name) {
    case 'GetSecurityFindings':
      return SECURITY_SERVICES.map((service) => ({ ...wide, service }));
    case 'list_accounts':
      return [wide, { ...wide, organizational_unit_id: 'ou-abcd-12345678' }];
    case 'ListServicesInRegion':
      return ['us-east-1', 'eu-west-1'].map((region) => ({ ...wide, region }));
    default:
      return [wide, tool.example.input as object];
  }
}

/** Asks in an account of its own, whose clients have all their retries left, with `fault` on one operation. */
async function askWith(tool: Tool, question: object, action?: string, fault?: NamedFault) {
  const own = String(++account);
  const accounts = tool.name === 'list_accounts' ? 'organization' : [own];
  configure(aws(), { accounts, contextStore: { bucket: 'contexts', ttlHours: 1 } });
  invokeInProcess(aws());
  aws().answers = markedAnswer;
  aws().faults.clear();
  for (const signer of [own, 'own']) if (fault !== undefined) aws().faults.set(`${signer} ${action}`, fault);
  aws().requests.length = 0;
  const place = Object.hasOwn(tool.input.shape, 'account_id') ? { account_id: own } : {};
  const answer = await ask(tool, { ...question, ...place });
  // What an earlier call had under way may still arrive.
  return { answer, requests: aws().requests.filter((request) => [own, 'own'].includes(request.account)) };
}

/** The attempts of each `send` of one operation. */
const attemptsAt = (requests: readonly FakeRequest[], action: string) =>
  attemptsOf(requests.filter((request) => request.action === action));

const protocols = new Set<WireProtocol>();

describe.each(catalog.map((tool) => [tool.name, tool] as const))('%s', (_, tool) => {
  it('4.4 and 4.8 one operation throttled or broken: at most three attempts, no retry of retries, and the code is told', async () => {
    retryAtOnce();
    const cells: { question: object; action: string; clean: number }[] = [];
    const declared = new Set([...tool.iam, ...(tool.ownIam ?? [])].filter((action) => !NOT_SENT.includes(action)));
    for (const question of questions(tool)) {
      const { answer, requests } = await askWith(tool, question);
      expect(answer.error).toBeUndefined();
      for (const { service: name, action } of requests) {
        const service = services.find((each) => each.name === name) as (typeof services)[number];
        protocols.add(service.protocol);
        declared.delete(iamActionOf(service, action, 'GET'));
      }
      for (const action of new Set(requests.map((request) => request.action)))
        cells.push({ question, action, clean: attemptsAt(requests, action).length });
    }
    expect([...declared], 'declared and never sent').toEqual([]);

    const runs = cells.flatMap((cell) => FAULTS.map(([fault, code]) => ({ ...cell, fault, code })));
    for (const { question, action, clean, fault, code } of runs) {
      const { answer, requests } = await askWith(tool, question, action, fault);
      const what = `${action} ${fault}`;
      const text = JSON.stringify(answer);
      const attempts = attemptsAt(requests, action);
      expect(Math.max(...attempts), what).toBeLessThanOrEqual(3);
      // The tools' own clients are kept, and have a share of retries that many faults use up.
      if (
        fault === 'throttled' &&
        requests.every((request) => request.action !== action || request.account !== 'own')
      ) {
        if (action !== 'AssumeRole') expect(attempts, what).toContain(3);
      }
      expect(attempts.length, `${what}: what failed is not sent anew`).toBeLessThanOrEqual(clean);
      expect(text, what).not.toContain('PLANTED');
      if (CORRUPT.includes(what)) expect(answer.error?.code, what).toBe('internal');
      else if (!NOT_TOLD.some((each) => each.test(what))) expect(text, what).toContain(code);
    }
  });
});
it('4.8 the tools send requests of every protocol', () => {
  expect([...protocols].sort()).toEqual(['ec2', 'json', 'query', 'rest-json', 'rest-xml', 's3']);
});
