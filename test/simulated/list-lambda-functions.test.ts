import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { listLambdaFunctions } from '../../schemas/list-lambda-functions.ts';
import { CANARY_PREFIX } from '../../scripts/local/estate/functions.ts';
import { openMotoAccounts } from '../../scripts/local/simulator/moto-account.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';

interface Answer {
  account_id: string;
  region: string;
  function_count: number;
  functions: {
    FunctionName: string;
    AccountId?: string;
    Region?: string;
    Runtime?: string;
    State?: string;
    LastModified?: string;
  }[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; message: string; action?: string };
}

/** What moto holds, read past the proxy: account, Region and name of every function. */
async function truth({ demo, estate }: EstateAccess): Promise<string[]> {
  const accounts = openMotoAccounts(demo.motoUrl);
  const found: string[] = [];
  for (const { id, reachable } of estate.accounts) {
    for (const region of reachable ? estate.regions : []) {
      const { Functions = [] } = await new LambdaClient(accounts.as(id, region)).send(new ListFunctionsCommand({}));
      found.push(...Functions.map(({ FunctionName }) => `${id} ${region} ${FunctionName}`));
    }
  }
  accounts.close();
  return found.sort();
}

const places = ({ functions }: Answer) =>
  functions.map(({ AccountId, Region, FunctionName }) => `${AccountId} ${Region} ${FunctionName}`);

describeEstate('list_lambda_functions', (access) => {
  const ask = (event: object, milliseconds?: number) => access.call<Answer>(listLambdaFunctions, event, milliseconds);

  it('answers for one account and Region with one call', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id, region: 'us-east-1' });
    expect(answer).toMatchObject({ account_id, region: 'us-east-1', function_count: answer.functions.length });
    expect(answer.functions.length).toBeGreaterThan(5);
    expect(answer).not.toHaveProperty('complete');
    expect(listLambdaFunctions.output.answer.safeParse(answer).error).toBeUndefined();
    for (const { LastModified } of answer.functions) expect(LastModified).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(access.awsCalls().map(({ operation }) => operation)).toEqual(['ListFunctions']);
  });

  it('gives every function of the organization exactly once through the cursor', async () => {
    const seen: string[] = [];
    let next_token: string | undefined;
    do {
      const answer: Answer = await ask({ account_id: 'all', region: 'all', max_results: 4, next_token });
      seen.push(...places(answer));
      next_token = answer.next_token;
    } while (next_token !== undefined);
    expect(seen.sort()).toEqual(await truth(access));
  });

  it('pages within a cell, with and without a filter', async () => {
    const account_id = access.id('payments-prod');
    for (const filter of [{}, { runtime: 'nodejs22.x' }, { name_prefix: 'checkout-' }]) {
      const whole = await ask({ account_id, region: 'us-east-1', ...filter });
      const seen: string[] = [];
      let next_token: string | undefined;
      do {
        const answer: Answer = await ask({ account_id, region: 'us-east-1', ...filter, max_results: 1, next_token });
        seen.push(...answer.functions.map(({ FunctionName }) => FunctionName));
        next_token = answer.next_token;
      } while (next_token !== undefined);
      expect(seen).toEqual(whole.functions.map(({ FunctionName }) => FunctionName));
    }
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(places(answer).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    const failed = answer.failures?.flatMap(({ account_id, region, code }) =>
      account_id.split(',').flatMap((account) => region.split(',').map((each) => `${account} ${each} ${code}`)),
    );
    const { accounts, regions, disabledRegion } = access.estate;
    expect(failed?.sort()).toEqual(
      accounts
        .flatMap(({ id, reachable }) =>
          reachable
            ? [`${id} ${disabledRegion} region_not_enabled`]
            : [...regions, disabledRegion].map((region) => `${id} ${region} role_not_assumable`),
        )
        .sort(),
    );
    expect(access.awsCalls().filter(({ operation }) => operation !== 'ListFunctions')).toEqual([]);
  });

  it('filters by runtime and by name', async () => {
    const runtimes = await ask({ account_id: 'all', region: 'us-east-1', runtime: 'python3.8' });
    expect(runtimes.functions.map(({ FunctionName }) => FunctionName).sort()).toEqual([
      'ledger-monthly-close',
      'notebook-idle-stop',
    ]);
    const named = await ask({ account_id: access.id('payments-prod'), region: 'all', name_prefix: 'payout-' });
    expect(named.functions.map(({ FunctionName }) => FunctionName)).toEqual(['payout-file', 'payout-status']);
    expect((await ask({ account_id: access.id('payments-prod'), runtime: 'cobol85' })).functions).toEqual([]);
  });

  it('uses the declared actions, and GetFunction for the state only', async () => {
    const account_id = access.id('data-platform');
    expect((await ask({ account_id })).functions[0]).not.toHaveProperty('State');
    const { functions } = await ask({ account_id, fields: ['FunctionName', 'State'] });
    expect(functions.every(({ State }) => State === 'Active')).toBe(true);
    const calls = access.awsCalls();
    expect(calls.map(({ operation }) => operation).sort()).toEqual([
      ...functions.map(() => 'GetFunction'),
      'ListFunctions',
      'ListFunctions',
    ]);
    expect([...new Set(calls.map(({ iamAction }) => iamAction))].sort()).toEqual([...listLambdaFunctions.iam].sort());
    for (const { sessionPolicyActions } of calls) expect(sessionPolicyActions).toEqual(listLambdaFunctions.iam);
  });

  it('gives no environment value', async () => {
    const fields = Object.keys(listLambdaFunctions.output.item.shape);
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000, fields });
    expect(JSON.stringify(answer)).not.toContain(CANARY_PREFIX);
  });

  it('answers within 5,000 tokens by default', async () => {
    expect(tokensOf(await ask({ account_id: 'all', region: 'all' }))).toBeLessThanOrEqual(5_000);
  });

  it.each([
    ['account_id', { account_id: '12345' }],
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['runtime', { account_id: 'all', runtime: '' }],
    ['name_prefix', { account_id: 'all', name_prefix: 7 }],
    ['fields', { account_id: 'all', fields: ['Environment'] }],
    ['max_results', { account_id: 'all', max_results: 1_001 }],
    ['filters', { account_id: 'all', filters: [] }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    const { error } = await ask(event);
    expect(error).toMatchObject({ code: 'invalid_input', field });
    expect(access.allCalls()).toEqual([]);
  });

  it.each([
    ['access_denied', 'access_denied'],
    ['throttled', 'throttled'],
    ['truncated', 'unavailable'],
  ] as const)('maps %s to %s, and the other Region still answers', async (fault, code) => {
    const account_id = access.id('payments-prod');
    access.rule({ match: { service: 'lambda', region: 'eu-west-1' }, fault });
    const answer = await ask({ account_id, region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ account_id, region: 'eu-west-1', code }]);
    expect(answer.functions.length).toBeGreaterThan(0);
    expect(answer.complete).toBe(false);
  });
});
