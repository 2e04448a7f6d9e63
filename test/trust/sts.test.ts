import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bridges, catalog } from '../../schemas/catalog.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import type { Handler } from '../../shared/tool-handler.ts';
import { HOME_ACCOUNT, testContext } from '../support/configuration.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';
import { retryAtOnce } from '../support/retry-at-once.ts';
import { wideEvent } from '../support/wide-event.ts';

const aws = inFakeAws();
let next = 780_000_000_000;

function newAccount(): string {
  configure(aws(), { accounts: [String(++next)] });
  return String(next);
}

const assumed = () => aws().requests.filter(({ action }) => action === 'AssumeRole');
const MINUTE = 60_000;

describe('sessions near their end', () => {
  it('1.7 50 calls at any minute around the end share one renewal, and none is signed past an end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const start = Date.now();
      for (const left of [30, 7, 6, 5, 4, 1, 0, -1, -600]) {
        const account_id = newAccount();
        vi.setSystemTime(start);
        await ask(describeEc2Instances, { account_id });
        const before = assumed().length;
        vi.setSystemTime(start + (60 - left) * MINUTE);
        const answers = await Promise.all(Array.from({ length: 50 }, () => ask(describeEc2Instances, { account_id })));
        expect(answers.map(({ error }) => error).filter(Boolean), `${left} minutes left`).toEqual([]);
        expect(assumed().length - before, `${left} minutes left`).toBe(left > 6 ? 0 : 1);
      }
      expect(aws().requests.filter(({ sessionLeft }) => sessionLeft <= 0)).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('1.7 a session outlasts the longest call: six minutes are left at least when one takes it', () => {
    for (const { name, timeoutSeconds = 60 } of [...catalog, ...bridges])
      expect(timeoutSeconds, name).toBeLessThan(360);
  });
});

/** AWS's own hosts instead of one endpoint, and all requests to the fake nevertheless: below the check of the host. */
function asInAws(): void {
  const { handle } = NodeHttpHandler.prototype;
  const { hostname, port } = new URL(aws().url);
  const spy = vi.spyOn(NodeHttpHandler.prototype, 'handle');
  spy.mockImplementation(function (this: NodeHttpHandler, request, options) {
    return handle.call(this, Object.assign(request, { protocol: 'http:', hostname, port: Number(port) }), options);
  });
  onTestFinished(() => spy.mockRestore());
}

describe('AssumeRole, as STS sees it', () => {
  it.each(['us-east-1', 'eu-west-1'])(
    '1.8 and 1.9 goes to the endpoint of %s, for 900 to 3,600 s, from every tool',
    async (own) => {
      asInAws();
      const asked = new Set<string>();
      for (const tool of catalog) {
        const account_id = newAccount();
        vi.stubEnv('AWS_ENDPOINT_URL', undefined);
        const { handler } = (await import(`../../functions/${kebabCase(tool.name)}.ts`)) as { handler: Handler };
        const arn = `arn:aws:lambda:${own}:${HOME_ACCOUNT}:function:central-ops-test`;
        const place = Object.hasOwn(tool.input.shape, 'account_id') ? { account_id } : {};
        await handler({ ...wideEvent(tool), ...place }, { ...testContext(), invokedFunctionArn: arn });
        if (assumed().some(({ account }) => account === account_id)) asked.add(tool.name);
      }
      expect(asked.size).toBeGreaterThanOrEqual(20);
      for (const { host, region, params } of assumed()) {
        expect([host, region]).toEqual([`sts.${own}.amazonaws.com`, own]);
        const seconds = Number(params.get('DurationSeconds'));
        expect(seconds).toBeGreaterThanOrEqual(900);
        expect(seconds).toBeLessThanOrEqual(3_600);
        expect(params.get('ExternalId')).toBe('external-id');
      }
      expect(aws().requests.map(({ host }) => host)).not.toContain('sts.amazonaws.com');
    },
  );

  const told = new Set<string>();
  it.each([
    ['AccessDenied', 403, 'role_not_assumable', 'deploy generated/target-role.yml'],
    ['RegionDisabledException', 403, 'role_not_assumable', 'activate it there in IAM'],
    ['InvalidClientTokenId', 403, 'role_not_assumable', 'credentials of the tools themselves'],
    ['MalformedPolicyDocument', 400, 'internal', 'refused the session that the tool asked for'],
    ['PackedPolicyTooLarge', 400, 'internal', 'refused the session that the tool asked for'],
    ['ExpiredTokenException', 400, 'unavailable', 'Ask again'],
    ['Throttling', 400, 'throttled', 'Ask again later, or for fewer'],
    ['SignatureDoesNotMatch', 403, 'internal', 'clock or the credentials of the tools'],
    ['InternalFailure', 500, 'unavailable', 'Ask again later'],
  ])(
    '1.10 %s is told in its class, with what to do, by none of AWS’s words',
    async (code, status, expected, advice) => {
      retryAtOnce();
      const account_id = newAccount();
      aws().faults.set(`${account_id} AssumeRole`, { code, status });
      const { error } = await ask(describeEc2Instances, { account_id });
      expect(error?.code).toBe(expected);
      const text = JSON.stringify(error);
      expect(text).toContain(advice);
      expect(text).not.toContain('PLANTED');
      expect(told.has(text), 'no two are told alike').toBe(false);
      told.add(text);
      expect(assumed().length).toBeLessThanOrEqual(3);
      expect(aws().requests).toEqual(assumed());
    },
  );

  it('1.10 silence of STS is a timeout, told by the deadline', async () => {
    const account_id = newAccount();
    aws().faults.set(`${account_id} AssumeRole`, 'silent');
    const { error } = await ask(describeEc2Instances, { account_id }, 2_000);
    expect(error?.code).toBe('timeout');
  });
});
