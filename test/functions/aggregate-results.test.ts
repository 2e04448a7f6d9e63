import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { aggregateResults } from '../../schemas/aggregate-results.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';

const lambda = mockClient(LambdaClient);

interface Event {
  account_id: string;
  region?: string;
  fields: string[];
  max_results: number;
  next_token?: string;
}

interface Answer {
  total: number;
  groups?: Record<string, unknown>[];
  complete: boolean;
  cells: { asked: number; counted: number };
  failures?: { account_id: string; region: string; code: string }[];
  missing?: { account_id: string; region: string }[];
  error?: { code: string; field?: string; message: string };
}

/** Answers each invocation as the tool's function would. */
function functionAnswers(answer: (event: Event) => unknown): void {
  lambda.on(InvokeCommand).callsFake(async ({ Payload }) => ({
    StatusCode: 200,
    Payload: Buffer.from(JSON.stringify(await answer(JSON.parse(String(Payload))))),
  }));
}

const events = (): Event[] =>
  lambda.commandCalls(InvokeCommand).map((call) => JSON.parse(String(call.args[0].input.Payload)));
const { input, output } = aggregateResults.example;

describe('aggregate_results', () => {
  const accounts = Array.from({ length: 100 }, (_, index) => String(100_000_000_000 + index));
  const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'];

  describe('over two accounts', () => {
    useMockedAws();
    beforeEach(() => void lambda.reset());

    it('answers the documented example', async () => {
      functionAnswers(({ account_id }) => {
        const states = account_id === '111111111111' ? ['running', 'stopped'] : ['running'];
        const instances = states.map((State) => ({ Region: 'us-east-1', State }));
        return { account_id, region: 'all', instances };
      });
      expect(await callTool(aggregateResults, input)).toEqual(output);
    });

    it('asks for the fields it needs and passes the arguments on', async () => {
      functionAnswers(({ account_id }) => ({ account_id, region: 'us-east-1', instances: [] }));
      const filters = [{ Name: 'instance-type', Values: ['m5.large'] }];
      await callTool(aggregateResults, {
        ...input,
        region: 'us-east-1',
        group_by: ['Tags.Team', 'AccountId'],
        sum: ['Size'],
        arguments: { filters },
      });
      expect(events()[0]).toEqual({
        account_id: '111111111111',
        region: 'us-east-1',
        fields: ['Tags', 'Size'],
        max_results: 1_000,
        filters,
      });
    });

    it('groups by a key of a map, and adds up', async () => {
      functionAnswers(({ account_id }) => ({
        account_id,
        region: 'us-east-1',
        volumes: [{ Tags: { Team: 'a' }, Size: 10 }, { Tags: { Team: 'a' }, Size: 5 }, { Size: 1 }],
      }));
      const answer = await callTool(aggregateResults, {
        ...input,
        region: 'us-east-1',
        group_by: ['Tags.Team'],
        sum: ['Size'],
      });
      expect(answer).toMatchObject({
        total: 6,
        sums: { Size: 32 },
        groups: [
          { 'Tags.Team': 'a', count: 4, Size: 30 },
          { 'Tags.Team': '(none)', count: 2, Size: 2 },
        ],
      });
    });

    it('follows every cursor to the end', async () => {
      functionAnswers(({ account_id, next_token }) => {
        const page = Number(next_token ?? 0);
        return {
          account_id,
          region: 'us-east-1',
          items: [{ State: 'x' }],
          ...(page < 4 ? { next_token: String(page + 1) } : {}),
        };
      });
      expect(await callTool(aggregateResults, { ...input, region: 'us-east-1' })).toMatchObject({
        total: 10,
        complete: true,
      });
    });

    it('keeps the failures that the tool tells, and counts the rest', async () => {
      functionAnswers(({ account_id }) => ({
        account_id,
        region: 'all',
        items: [{ Region: 'us-east-1', State: 'x' }],
        complete: false,
        failures: [{ account_id, region: 'eu-west-1', code: 'access_denied', message: 'no' }],
      }));
      const answer = await callTool<Answer>(aggregateResults, input);
      expect(answer).toMatchObject({ total: 2, complete: false, cells: { asked: 4, counted: 2 } });
      expect(answer.failures).toHaveLength(2);
    });

    it('names the cells of a function that failed', async () => {
      functionAnswers(({ account_id }) => {
        if (account_id === '222222222222') return { error: { code: 'throttled', message: 'slow', retryable: true } };
        return { account_id, region: 'all', items: [{ Region: 'us-east-1', State: 'x' }] };
      });
      const answer = await callTool<Answer>(aggregateResults, input);
      expect(answer.failures).toMatchObject([
        { account_id: '222222222222', region: 'us-east-1', code: 'throttled' },
        { account_id: '222222222222', region: 'eu-west-1', code: 'throttled' },
      ]);
      expect(answer).toMatchObject({ total: 1, complete: false });
    });

    it('says exactly which cells are missing when time runs out', async () => {
      functionAnswers(async ({ account_id, next_token }) => {
        if (account_id === '111111111111')
          return { account_id, region: 'all', items: [{ Region: 'us-east-1', State: 'x' }] };
        if (next_token === undefined) {
          return {
            account_id,
            region: 'all',
            items: [
              { Region: 'us-east-1', State: 'x' },
              { Region: 'eu-west-1', State: 'x' },
            ],
            next_token: '2',
          };
        }
        return new Promise(() => {});
      });
      const answer = await callTool<Answer>(aggregateResults, input, 1_500);
      expect(answer).toMatchObject({ total: 3, complete: false, cells: { asked: 4, counted: 3 } });
      expect(answer.missing).toEqual([{ account_id: '222222222222', region: 'eu-west-1' }]);
    });

    it.each([
      ['itself', 'aggregate_results', undefined],
      ['itself by the name of its function', 'aggregate-results', undefined],
      ['itself in other letters', 'aggregateResults', undefined],
      [
        'arguments that the tool refuses',
        'describe_ec2_instances',
        { error: { code: 'invalid_input', message: 'filters: wrong', retryable: false, field: 'filters' } },
      ],
      ['a tool without a list', 'switch_account', { account_id: '111111111111', region: 'us-east-1', reachable: true }],
    ])('refuses %s', async (_, tool, answer) => {
      functionAnswers(() => answer);
      expect((await callTool<Answer>(aggregateResults, { ...input, tool })).error?.code).toBe('invalid_input');
    });

    it('says that a tool does not exist', async () => {
      lambda.on(InvokeCommand).rejects(Object.assign(new Error('CANARY'), { name: 'ResourceNotFoundException' }));
      const { error } = await callTool<Answer>(aggregateResults, { ...input, tool: 'describe_moon' });
      expect(error).toMatchObject({ code: 'invalid_input', field: 'tool' });
      expect(JSON.stringify(error)).not.toContain('CANARY');
    });

    it('takes a crash of the function as a failure of its cells', async () => {
      lambda
        .on(InvokeCommand)
        .resolves({ FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"CANARY"}') as never });
      const answer = await callTool<Answer>(aggregateResults, input);
      expect(answer).toMatchObject({ total: 0, complete: false });
      expect(JSON.stringify(answer)).not.toContain('CANARY');
    });
  });

  describe('over 100 accounts in 4 Regions', () => {
    useMockedAws({ accounts, regions });
    beforeEach(() => void lambda.reset());

    it('shards over ten parallel invocations and answers within 600 tokens', async () => {
      let inFlight = 0;
      let peak = 0;
      const types = ['m7g.large', 'm7g.xlarge', 'c7g.large', 't4g.small', 'r7g.large'];
      functionAnswers(async ({ account_id, region }) => {
        peak = Math.max(peak, ++inFlight);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inFlight--;
        const cells = account_id
          .split(',')
          .flatMap((AccountId) => (region ?? '').split(',').map((Region) => ({ AccountId, Region })));
        const instances = cells.flatMap((cell) =>
          Array.from({ length: 20 }, (_, index) => ({
            ...cell,
            State: index % 4 === 0 ? 'stopped' : 'running',
            InstanceType: types[index % types.length],
          })),
        );
        return { account_id: 'all', region: 'all', instances };
      });
      const answer = await callTool<Answer>(aggregateResults, { ...input, group_by: ['State', 'InstanceType'] });
      expect(answer).toMatchObject({ total: 8_000, complete: true, cells: { asked: 400, counted: 400 } });
      expect(answer.groups?.reduce((sum, { count }) => sum + Number(count), 0)).toBe(8_000);
      expect(peak).toBe(10);
      expect(events()).toHaveLength(10);
      expect(tokensOf(answer)).toBeLessThanOrEqual(600);
    });
  });
});
