import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it, vi } from 'vitest';
import { defineTool } from '../../schemas/define-tool.ts';
import type { CellAccess, ListOptions } from '../../shared/list-handler.ts';
import type { PageRequest } from '../../shared/read-pages.ts';
import { stsMock, useMockedAws } from '../support/mock-aws.ts';
import { ask, listThings, ThingsClient } from '../support/things.ts';

type Input = { kind?: string | undefined };
type Fetch = (
  input: Input,
  client: ThingsClient,
  page: PageRequest,
  cell: CellAccess,
) => Promise<{ items: object[]; next?: string | undefined }>;

/** The handler of a list whose pages `fetchPage` gives. */
async function handlerOf(fetchPage: Fetch, options: ListOptions<Input> = {}, tool = listThings) {
  const { listHandler } = await import('../../shared/list-handler.ts');
  return listHandler(tool, ThingsClient, fetchPage as never, options);
}

const named = (...names: string[]) => names.map((Name) => ({ Name }));
const two = { account_id: 'all', region: 'us-east-1' };

/** Roles that were assumed, each with its session policy's actions. */
const assumed = () =>
  stsMock.commandCalls(AssumeRoleCommand).map(({ args }) => {
    const { RoleArn = '', Policy = '' } = args[0].input;
    return [RoleArn.split(':')[4], JSON.parse(Policy).Statement[0].Action];
  });

describe('a list', () => {
  useMockedAws();

  it('asks each account and Region with a client of its own', async () => {
    const seen: unknown[] = [];
    const handler = await handlerOf(async ({ kind }, client, page, { account, region, call }) => {
      const { sessionToken } = await client.config.credentials();
      seen.push([account, region, await client.config.region(), sessionToken, kind, page, call.tool.name]);
      return { items: named(account) };
    });
    const answer = await ask(handler, { account_id: 'all', region: 'all', kind: 'k' });
    const page = { token: undefined, size: 50 };
    const cell = (account: string, region: string) => [
      account,
      region,
      region,
      `session of ${account}`,
      'k',
      page,
      'list_things',
    ];
    expect(seen).toEqual([
      cell('111111111111', 'us-east-1'),
      cell('111111111111', 'eu-west-1'),
      cell('222222222222', 'us-east-1'),
      cell('222222222222', 'eu-west-1'),
    ]);
    expect(answer).toMatchObject({ account_id: 'all', region: 'all', thing_count: 4, complete: true });
    expect(assumed()).toEqual([
      ['111111111111', ['ec2:DescribeThings']],
      ['222222222222', ['ec2:DescribeThings']],
    ]);
  });

  it('gives its work more clients of the same account, in this Region or another', async () => {
    const regions: string[] = [];
    const handler = await handlerOf(async (_input, _client, _page, cell) => {
      for (const client of [await cell.client(ThingsClient), await cell.client(ThingsClient, 'us-east-1')]) {
        regions.push(await client.config.region());
        expect((await client.config.credentials()).sessionToken).toBe('session of 111111111111');
      }
      return { items: [] };
    });
    await ask(handler, { region: 'eu-west-1' });
    expect(regions).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('gives the declared fields, by default or as asked, and nothing else', async () => {
    const item = { Name: 'x', Created: new Date(0), Notes: 'n', Secret: 'CANARY' };
    const handler = await handlerOf(async () => ({ items: [item] }));
    expect((await ask(handler, {})).things).toEqual([{ Name: 'x', Created: '1970-01-01T00:00:00.000Z' }]);
    expect((await ask(handler, { fields: ['Notes'] })).things).toEqual([{ Notes: 'n' }]);
  });

  it('refuses what the check refuses, or an unknown field, before anything is called', async () => {
    const fetchPage = vi.fn();
    const { ToolError } = await import('../../shared/errors.ts');
    const check = vi.fn(({ kind }: Input) => {
      if (kind === 'none') throw new ToolError('invalid_input', 'kind: is none.', { field: 'kind' });
    });
    const handler = await handlerOf(fetchPage, { check });
    expect(await ask(handler, { kind: 'none' })).toMatchObject({ error: { field: 'kind' } });
    expect(check.mock.calls[0]).toEqual([
      expect.objectContaining({ kind: 'none' }),
      expect.objectContaining({ tool: listThings }),
    ]);
    expect(await ask(handler, { fields: ['Secret'] })).toMatchObject({ error: { field: 'fields' } });
    expect(fetchPage).not.toHaveBeenCalled();
    expect(assumed()).toEqual([]);
  });

  it('goes on where it stopped, in the first cell only, and only for the same question', async () => {
    const seen: string[] = [];
    const handler = await handlerOf(async (_input, _client, { token }, { account }) => {
      seen.push(`${account[0]} ${token}`);
      return token === undefined ? { items: named('a'), next: 'more' } : { items: named('b') };
    });
    const first = await ask(handler, { ...two, max_results: 1 });
    expect(first.things).toEqual([{ AccountId: '111111111111', Region: 'us-east-1', Name: 'a' }]);
    seen.length = 0;
    const { next_token } = first;
    const rest = await ask(handler, { ...two, next_token });
    expect(rest.things.map(({ AccountId, Name }) => [AccountId, Name])).toEqual([
      ['111111111111', 'b'],
      ['222222222222', 'a'],
      ['222222222222', 'b'],
    ]);
    expect(seen.sort()).toEqual(['1 more', '2 more', '2 undefined']);
    expect(await ask(handler, { ...two, next_token, kind: 'k' })).toMatchObject({
      error: { code: 'invalid_input', field: 'next_token' },
    });
  });

  it.each([
    [{ max_results: 20 }, 20],
    [{ max_results: 1_000 }, 250],
    [{ max_results: 1_000, fields: ['Name', 'Created', 'Tags', 'Notes'] }, 1_000],
    [{ max_results: 1_000, fields: ['Name', 'Created', 'Tags', 'Notes', 'Rules'] }, 250],
  ])('asks AWS for no more than an answer can hold: %j', async (event, most) => {
    const sizes: number[] = [];
    const handler = await handlerOf(async (_input, _client, { size }) => ({ items: named(`${sizes.push(size)}`) }));
    await ask(handler, event);
    expect(sizes).toEqual([most]);
  });

  it('leaves the rest of the cells for the next answer when one is full', async () => {
    const fetchPage = vi.fn(async () => ({ items: named('a', 'b') }));
    const handler = await handlerOf(fetchPage);
    const answer = await ask(handler, { account_id: 'all', region: 'all', max_results: 1 });
    expect(answer).toMatchObject({ thing_count: 1, complete: false, next_token: expect.any(String) });
  });

  it('tells the failures of cells beside the rest', async () => {
    const handler = await handlerOf(async (_input, _client, _page, { account }) => {
      if (account.startsWith('1')) throw Object.assign(new Error('CANARY'), { name: 'Throttling' });
      return { items: named('x') };
    });
    const answer = await ask(handler, two);
    expect(answer).toMatchObject({ thing_count: 1, complete: false, failures: [{ code: 'throttled' }] });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });
});

describe('a list over very many accounts', () => {
  const accounts = Array.from({ length: 500 }, (_, index) => String(100_000_000_000 + index));
  useMockedAws({ accounts });

  it('asks no more cells once an answer is full of items', async () => {
    const fetchPage = vi.fn(async () => ({ items: named('a', 'b') }));
    const answer = await ask(await handlerOf(fetchPage), { ...two, max_results: 4 });
    expect(answer.thing_count).toBe(4);
    expect(fetchPage.mock.calls.length).toBeLessThan(50);
  });

  it('asks no more cells once an answer is full of failures, and goes on with the next one', async () => {
    const asked = new Set<string>();
    const handler = await handlerOf(async (_input, _client, _page, { account }) => {
      asked.add(account);
      throw Object.assign(new Error('no'), { name: 'Throttling' });
    });
    const first = await ask(handler, two);
    expect(first).toMatchObject({ thing_count: 0, complete: false, failures: [{ code: 'throttled' }] });
    expect(asked.size).toBeGreaterThanOrEqual(300);
    expect(asked.size).toBeLessThan(420);
    await ask(handler, { ...two, next_token: first.next_token });
    expect(asked.size).toBe(500);
  });
});

describe('a list that a service gives once per account', () => {
  useMockedAws();

  const seen: string[] = [];
  const listed: Fetch = async (_input, client, _page, { account, region }) => {
    seen.push(`${account[0]} ${region} ${await client.config.region()}`);
    return { items: named(account) };
  };

  it.each([
    [{}, 'all'],
    [{ region: 'eu-west-1' }, 'eu-west-1'],
  ])('asks the home Region, whatever Region is asked for: %j', async (event, region) => {
    seen.length = 0;
    const answer = await ask(await handlerOf(listed, { scope: 'account' }), { account_id: 'all', ...event });
    expect(seen).toEqual(['1 us-east-1 us-east-1', '2 us-east-1 us-east-1']);
    expect(answer).toMatchObject({ account_id: 'all', region });
    expect(answer.things).toEqual([
      { AccountId: '111111111111', Name: '111111111111' },
      { AccountId: '222222222222', Name: '222222222222' },
    ]);
  });

  it('refuses a Region that is not configured', async () => {
    const answer = await ask(await handlerOf(listed, { scope: 'account' }), { region: 'mars-1' });
    expect(answer).toMatchObject({ error: { code: 'invalid_input', field: 'region' } });
  });
});

describe('a list of the organization', () => {
  useMockedAws({ accounts: 'organization' });

  const listed: Fetch = async (_input, client, _page, { account, region }) => ({
    items: named(account, region, await client.config.region()),
  });

  it("is asked with the function's own role, where no management account is configured", async () => {
    expect(await ask(await handlerOf(listed, { scope: 'organization' }), {})).toEqual({
      account_id: '999999999999',
      region: 'us-east-1',
      thing_count: 3,
      things: named('999999999999', 'us-east-1', 'us-east-1'),
    });
    expect(assumed()).toEqual([]);
  });

  it('is asked in the management account, with the actions of the function', async () => {
    vi.stubEnv('CENTRAL_OPS_MANAGEMENT_ACCOUNT_ID', '444444444444');
    const { account_id } = await ask(await handlerOf(listed, { scope: 'organization' }), {});
    expect(account_id).toBe('444444444444');
    const { ownIam: _none, ...bare } = listThings;
    await ask(await handlerOf(listed, { scope: 'organization' }, defineTool(bare)), {});
    // Without actions the session may do nothing.
    expect(assumed()).toEqual([
      ['444444444444', ['organizations:ListThings']],
      ['444444444444', '*'],
    ]);
  });
});
