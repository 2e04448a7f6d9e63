import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { listLambdaFunctions } from '../../schemas/list-lambda-functions.ts';
import { CANARY_PREFIX } from '../../scripts/local/estate/functions.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { retryAtOnce } from '../support/retry-at-once.ts';
import { keyBy, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

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

const keyOf = keyBy('AccountId', 'Region', 'FunctionName');

/** What moto holds: account, Region and name of every function. */
async function truth(access: EstateAccess): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { Functions = [] } = await new LambdaClient(at).send(new ListFunctionsCommand({}));
    return Functions.map(({ FunctionName }) => keyOf({ ...cell, FunctionName }));
  });
  return found.sort();
}

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
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 4 });
    expect(answers.flatMap(({ functions }) => functions.map(keyOf)).sort()).toEqual(await truth(access));
  });

  it('pages within a cell, with and without a filter', async () => {
    const cell = { account_id: access.id('payments-prod'), region: 'us-east-1' };
    const names = ({ functions }: Answer) => functions.map(({ FunctionName }) => FunctionName);
    for (const filter of [{}, { runtime: 'nodejs22.x' }, { name_prefix: 'checkout-' }]) {
      const whole = await ask({ ...cell, ...filter });
      const answers = await walk(ask, { ...cell, ...filter, max_results: 1 });
      expect(answers.flatMap(names)).toEqual(names(whole));
    }
  });

  it('says which account and Region are missing, and loses nothing healthy', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(answer.functions.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
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
    expectDeclaredActions(calls, listLambdaFunctions);
  });

  it('gives no environment value', async () => {
    const fields = Object.keys(listLambdaFunctions.output.item.shape);
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000, fields });
    expect(JSON.stringify(answer)).not.toContain(CANARY_PREFIX);
  });

  it('answers within 5,000 tokens by default', async () => {
    expect(tokensOf(await ask({ account_id: 'all', region: 'all' }))).toBeLessThanOrEqual(5_000);
  });

  refusesBadInput(access, ask, [
    ['account_id', { account_id: '12345' }],
    ['region', { account_id: 'all', region: 'mars-north-1' }],
    ['runtime', { account_id: 'all', runtime: '' }],
    ['name_prefix', { account_id: 'all', name_prefix: 7 }],
    ['fields', { account_id: 'all', fields: ['Environment'] }],
    ['max_results', { account_id: 'all', max_results: 1_001 }],
    ['filters', { account_id: 'all', filters: [] }],
  ]);

  it.each([
    ['access_denied', 'access_denied'],
    ['throttled', 'throttled'],
    ['truncated', 'unavailable'],
  ] as const)('maps %s to %s, and the other Region still answers', async (fault, code) => {
    retryAtOnce();
    const account_id = access.id('payments-prod');
    access.rule({ match: { service: 'lambda', region: 'eu-west-1' }, fault });
    const answer = await ask({ account_id, region: 'us-east-1,eu-west-1' });
    expect(answer.failures).toMatchObject([{ account_id, region: 'eu-west-1', code }]);
    expect(answer.functions.length).toBeGreaterThan(0);
    expect(answer.complete).toBe(false);
  });
});
