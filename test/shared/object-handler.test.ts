import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, vi } from 'vitest';
import { tokensOf } from '../../scripts/tokens.ts';
import { DEFAULT_TOKENS } from '../../shared/answer-budget.ts';
import type { CellAccess } from '../../shared/list-handler.ts';
import type { ObjectOptions } from '../../shared/object-handler.ts';
import { stsMock, useMockedAws } from '../support/mock-aws.ts';
import { ask, getThing, ThingsClient } from '../support/things.ts';

type Input = { name: string };
type Fetch = (input: Input, client: ThingsClient, cell: CellAccess) => Promise<object>;

const awsError = (name: string) => Object.assign(new Error('CANARY'), { name });
const absent = awsError('NoSuchThing');
const logged: Record<string, unknown>[] = [];

/** The handler of a thing that `fetch` gives. */
async function handlerOf(fetch: Fetch, options: ObjectOptions<Input> = {}) {
  const { objectHandler } = await import('../../shared/object-handler.ts');
  return objectHandler(getThing, ThingsClient, fetch as never, options);
}

/** Gives what stands for the account's first digit and the Region's first two letters, or throws it. */
function by(given: Record<string, object>): Fetch {
  return async (_input, _client, { account, region }) => {
    const found = given[`${account[0]} ${region.slice(0, 2)}`];
    if (found === undefined || found instanceof Error) throw found ?? absent;
    return found;
  };
}

const everywhere = { account_id: 'all', region: 'all' };

describe('an object in one account and Region', () => {
  useMockedAws();

  it('is given with its declared fields, or those asked for', async () => {
    const seen: unknown[] = [];
    const handler = await handlerOf(async ({ name }, client, { account, region }) => {
      seen.push([name, account, region, await client.config.region()]);
      return { Name: name, Created: new Date(0), Secret: 'CANARY' };
    });
    expect(await ask(handler, { region: 'eu-west-1', name: 'y' })).toEqual({
      account_id: '111111111111',
      region: 'eu-west-1',
      thing: { Name: 'y', Created: '1970-01-01T00:00:00.000Z' },
    });
    expect(seen).toEqual([['y', '111111111111', 'eu-west-1', 'eu-west-1']]);
    expect((await ask(handler, { fields: ['Name'] })).thing).toEqual({ Name: 'x' });
  });

  it('is cut where it is larger than an answer', async () => {
    const handler = await handlerOf(async () => ({ Name: 'x', Rules: Array(5_000).fill('0.0.0.0/0') }));
    const answer = await ask(handler, {});
    expect(tokensOf(answer)).toBeLessThanOrEqual(DEFAULT_TOKENS);
    expect(answer.thing.Truncated).toEqual([expect.stringMatching(/^Rules: \d+ of 5000$/)]);
  });

  it.each([
    ['NoSuchThing', 'not_found'],
    ['Throttling', 'throttled'],
  ])('is an error where it is not there or cannot be read: %s', async (name, code) => {
    const handler = await handlerOf(by({ '1 us': awsError(name) }));
    const answer = await ask(handler, {});
    expect(answer).toMatchObject({ error: { code }, account_id: '111111111111' });
    expect(JSON.stringify(answer)).not.toContain('CANARY');
  });

  it('is refused by the check, or for an unknown field, before anything is called', async () => {
    const { ToolError } = await import('../../shared/errors.ts');
    const check = vi.fn(({ name }: Input) => {
      if (name === 'bad') throw new ToolError('invalid_input', 'name: is bad.', { field: 'name' });
    });
    const fetch = vi.fn();
    const handler = await handlerOf(fetch, { check });
    expect(await ask(handler, { name: 'bad' })).toMatchObject({ error: { field: 'name' } });
    expect(check).toHaveBeenCalledWith(
      expect.objectContaining({ name: 'bad' }),
      expect.objectContaining({ tool: getThing }),
    );
    expect(await ask(handler, { fields: ['Secret'] })).toMatchObject({ error: { field: 'fields' } });
    expect(fetch).not.toHaveBeenCalled();
    expect(stsMock.calls()).toEqual([]);
  });
});

describe('an object looked for in several accounts and Regions', () => {
  useMockedAws();

  it('is given from where it is; where it is not is left out', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
    logged.length = 0;
    (await import('../../shared/logger.ts')).divertLog((line) => logged.push(JSON.parse(line)));
    const handler = await handlerOf(by({ '1 eu': { Name: 'x' }, '2 us': { Name: 'y' } }));
    expect(await ask(handler, everywhere)).toEqual({
      account_id: 'all',
      region: 'all',
      thing_count: 2,
      things: [
        { AccountId: '111111111111', Region: 'eu-west-1', Name: 'x' },
        { AccountId: '222222222222', Region: 'us-east-1', Name: 'y' },
      ],
      complete: true,
    });
    expect(logged).toEqual([expect.objectContaining({ outcome: 'ok', cells: 4, failed_cells: 0, items: 2 })]);
  });

  it('is given with the failures of where it could not be looked for', async () => {
    const handler = await handlerOf(by({ '1 eu': { Name: 'x' }, '2 us': awsError('Throttling') }));
    const answer = await ask(handler, everywhere);
    expect(answer).toMatchObject({ thing_count: 1, complete: false });
    expect(answer.failures).toEqual([
      expect.objectContaining({ account_id: '222222222222', region: 'us-east-1', code: 'throttled' }),
    ]);
  });

  it('is not found where none has it, and may be there where one could not be asked', async () => {
    expect(await ask(await handlerOf(by({})), everywhere)).toMatchObject({ error: { code: 'not_found' } });
    const unsure = await ask(await handlerOf(by({ '2 eu': awsError('Throttling') })), everywhere);
    expect(unsure).toMatchObject({ thing_count: 0, things: [], complete: false, failures: [{ code: 'throttled' }] });
    expect(unsure).not.toHaveProperty('error');
    const first = await ask(await handlerOf(by({ '1 us': awsError('Throttling') })), everywhere);
    expect(first).toMatchObject({ thing_count: 0, failures: [{ code: 'throttled' }] });
  });

  it('is cut so that all of them and the failures fit', async () => {
    const large = { Name: 'x', Rules: Array(2_000).fill('0.0.0.0/0') };
    const reasons = Object.assign(new Error('no'), { name: 'Throttling' });
    const handler = await handlerOf(by({ '1 us': large, '1 eu': large, '2 us': large, '2 eu': reasons }));
    const answer = await ask(handler, everywhere);
    expect(answer.thing_count).toBe(3);
    expect(answer.things[1]).toHaveProperty('Truncated');
    expect(tokensOf(answer)).toBeLessThanOrEqual(DEFAULT_TOKENS * 1.05);
  });
});

describe('an object with very many failures beside it', () => {
  const accounts = Array.from({ length: 100 }, (_, index) => String(100_000_000_000 + index));
  useMockedAws({ accounts });

  it('is cut for their sake', async () => {
    const { ToolError } = await import('../../shared/errors.ts');
    const handler = await handlerOf(async (_input, _client, { account }) => {
      if (account !== accounts[0]) throw new ToolError('unavailable', `Reason ${account} of many.`);
      return { Name: 'x', Rules: Array(400).fill('0.0.0.0/0') };
    });
    const answer = await ask(handler, { account_id: 'all', region: 'us-east-1' });
    expect(answer.failures).toHaveLength(99);
    expect(answer.things).toEqual([expect.objectContaining({ Name: 'x', Truncated: expect.anything() })]);
    expect(tokensOf(answer)).toBeLessThanOrEqual(DEFAULT_TOKENS * 1.05);
  });
});

describe('an object of an account, in whatever Region', () => {
  useMockedAws();

  it('is looked for once per account, from the home Region', async () => {
    const fetch = vi.fn(by({ '1 us': { Name: 'x' }, '2 us': awsError('Throttling') }));
    const answer = await ask(await handlerOf(fetch, { scope: 'account' }), { account_id: 'all' });
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(answer).toMatchObject({ region: 'all', things: [{ AccountId: '111111111111', Name: 'x' }] });
    expect(answer.things[0]).not.toHaveProperty('Region');
    expect(answer.failures).toMatchObject([{ account_id: '222222222222', region: 'all' }]);
  });

  it('is looked for from the home Region also where another is asked for', async () => {
    const handler = await handlerOf(by({ '1 us': { Name: 'x' } }), { scope: 'account' });
    expect(await ask(handler, { region: 'eu-west-1' })).toEqual({
      account_id: '111111111111',
      region: 'eu-west-1',
      thing: { Name: 'x' },
    });
    expect(await ask(handler, { region: 'mars-1' })).toMatchObject({ error: { field: 'region' } });
  });
});

describe('an object in an organization without an active account', () => {
  useMockedAws({ accounts: 'organization' });

  it('is not found, because there is nobody to ask', async () => {
    mockClient(OrganizationsClient).on(ListAccountsCommand).resolves({ Accounts: [] });
    expect(await ask(await handlerOf(vi.fn()), everywhere)).toMatchObject({
      error: { code: 'not_found', message: 'There is no account to ask.' },
    });
  });
});
