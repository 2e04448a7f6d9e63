import { expect, it } from 'vitest';
import { getLambdaFunction } from '../../schemas/get-lambda-function.ts';
import { CANARY_PREFIX } from '../../scripts/local/estate/functions.ts';
import type { WireAnswer } from '../../scripts/local/simulator/call.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate } from '../support/estate.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';

interface Answer {
  account_id: string;
  region: string;
  function: Record<string, unknown> & { Unavailable?: Record<string, string>; Policy?: Record<string, unknown>[] };
  function_count?: number;
  functions?: Record<string, unknown>[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  error?: { code: string; field?: string; action?: string; message: string };
}

const CALLS = ['GetFunction', 'GetFunctionConcurrency', 'GetPolicy', 'ListFunctionUrlConfigs'];
const LINK = 'https://prod-04-2014-tasks.s3.us-east-1.amazonaws.com/snapshots?X-Amz-Signature=';

/** moto gives no link to a function's code; AWS gives a presigned one, which is as good as the code. */
function withCodeLink(answer: WireAnswer): WireAnswer {
  const body = JSON.parse(answer.body.toString()) as object;
  const Code = { RepositoryType: 'S3', Location: `${LINK}${CANARY_PREFIX}code-link` };
  return { ...answer, headers: {}, body: Buffer.from(JSON.stringify({ ...body, Code })) };
}

describeEstate('get_lambda_function', (access) => {
  const ask = (event: object, milliseconds?: number) => access.call<Answer>(getLambdaFunction, event, milliseconds);
  const prod = () => ({ account_id: access.id('payments-prod'), region: 'us-east-1' });
  const operations = () =>
    access
      .awsCalls()
      .map(({ operation }) => operation)
      .sort();

  it('gives a function in full with four calls', async () => {
    const { account_id } = prod();
    const answer = await ask({ ...prod(), function_name: 'checkout-authorize' });
    expect(answer).toEqual({
      account_id,
      region: 'us-east-1',
      function: {
        FunctionName: 'checkout-authorize',
        FunctionArn: `arn:aws:lambda:us-east-1:${account_id}:function:checkout-authorize`,
        Version: '$LATEST',
        Description: 'checkout: checkout-authorize',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        PackageType: 'Zip',
        Architectures: ['arm64'],
        MemorySize: 1024,
        EphemeralStorage: { Size: 512 },
        Timeout: 30,
        CodeSize: expect.any(Number),
        LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        State: 'Active',
        LastUpdateStatus: 'Successful',
        Role: `arn:aws:iam::${account_id}:role/lambda-execution`,
        KMSKeyArn: null,
        EnvironmentVariableNames: ['TABLE_NAME', 'DATABASE_PASSWORD', 'ACQUIRER_API_KEY'],
        Layers: [],
        VpcConfig: null,
        DeadLetterConfig: null,
        TracingConfig: { Mode: 'Active' },
        ReservedConcurrentExecutions: 200,
        FunctionUrlConfigs: [{ AuthType: 'AWS_IAM' }],
        PolicyIsPublic: false,
        Policy: [
          {
            Sid: 'checkout-api',
            Effect: 'Allow',
            Principal: ['apigateway.amazonaws.com'],
            Action: ['lambda:InvokeFunction'],
            SourceArn: [`arn:aws:execute-api:us-east-1:${account_id}:*/*`],
            Public: false,
          },
        ],
        Tags: expect.objectContaining({ Application: 'checkout' }),
      },
    });
    expect(getLambdaFunction.output.answer.safeParse(answer).error).toBeUndefined();
    expect(operations()).toEqual(CALLS);
    expect(tokensOf(answer)).toBeLessThanOrEqual(1_000);
  });

  it('uses the declared actions; lambda:ListTags is what AWS asks for the tags within GetFunction', async () => {
    await ask({ ...prod(), function_name: 'checkout-authorize' });
    expectDeclaredActions(access.awsCalls(), getLambdaFunction, ['lambda:ListTags']);
  });

  it('gives neither environment values nor the link to the code, and asks AWS nothing more for them', async () => {
    access.rule({ match: { service: 'lambda', operation: 'GetFunction' }, transform: withCodeLink });
    const answer = await ask({ ...prod(), function_name: 'checkout-authorize' });
    expect(answer.function.EnvironmentVariableNames).toContain('DATABASE_PASSWORD');
    expect(JSON.stringify(answer)).not.toContain(CANARY_PREFIX);
    expect(JSON.stringify(answer)).not.toContain('amazonaws.com/snapshots');
    const everything = await ask({ account_id: 'all', region: 'all', function_name: 'checkout-authorize' });
    expect(everything.functions).toHaveLength(2);
    expect(JSON.stringify(everything)).not.toContain(CANARY_PREFIX);
    const fields = await ask({ ...prod(), function_name: 'checkout-authorize', fields: ['Environment', 'Code'] });
    expect(fields.error).toMatchObject({ code: 'invalid_input', field: 'fields' });
  });

  it('finds the planted faults: everybody may invoke one function, and call the URL of another', async () => {
    const { function: webhook } = await ask({ ...prod(), function_name: 'checkout-webhook' });
    expect(webhook).toMatchObject({ PolicyIsPublic: true, Policy: [{ Principal: ['*'], Public: true }] });
    const { function: preview } = await ask({ account_id: access.id('payments-dev'), function_name: 'dev-preview' });
    expect(preview).toMatchObject({ FunctionUrlConfigs: [{ AuthType: 'NONE' }], PolicyIsPublic: null, Policy: null });
  });

  it('gives the VPC of a function, and null for what nobody configured', async () => {
    const { function: inside } = await ask({ ...prod(), function_name: 'ledger-post' });
    expect(inside.VpcConfig).toMatchObject({ VpcId: expect.stringMatching(/^vpc-/) });
    expect(inside).toMatchObject({ ReservedConcurrentExecutions: null, FunctionUrlConfigs: null, Policy: null });
    expect(inside).not.toHaveProperty('Unavailable');
  });

  it('takes an ARN, a version and an alias', async () => {
    const { account_id } = prod();
    const arn = `arn:aws:lambda:us-east-1:${account_id}:function:checkout-authorize`;
    expect((await ask({ ...prod(), function_name: arn })).function.Version).toBe('$LATEST');
    for (const named of [
      { function_name: 'checkout-authorize', qualifier: '1' },
      { function_name: 'checkout-authorize:live' },
      { function_name: `${arn}:live` },
    ])
      expect((await ask({ ...prod(), ...named })).function).toMatchObject({
        FunctionName: 'checkout-authorize',
        Version: '1',
      });
    expect((await ask({ ...prod(), function_name: 'checkout-authorize', qualifier: 'blue' })).error?.code).toBe(
      'not_found',
    );
  });

  it('finds a function in every account and Region that has it, and says where it could not look', async () => {
    const answer = await ask({ account_id: 'all', region: 'all', function_name: 'checkout-authorize' });
    expect(answer.functions?.map(({ AccountId, Region }) => `${AccountId} ${Region}`)).toEqual([
      `${access.id('payments-prod')} us-east-1`,
      `${access.id('payments-prod')} eu-west-1`,
    ]);
    expect(answer).toMatchObject({ function_count: 2, complete: false });
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });

  it('says not_found for an unknown function', async () => {
    expect((await ask({ ...prod(), function_name: 'nope' })).error?.code).toBe('not_found');
    const { account_id } = prod();
    const everywhere = await ask({ account_id, region: 'us-east-1,eu-west-1', function_name: 'nope' });
    expect(everywhere.error?.code).toBe('not_found');
  });

  it.each([
    ['GetPolicy', 'Policy'],
    ['GetFunctionConcurrency', 'ReservedConcurrentExecutions'],
    ['ListFunctionUrlConfigs', 'FunctionUrlConfigs'],
  ])('gives the rest when %s is denied', async (operation, part) => {
    access.rule({ match: { service: 'lambda', operation }, fault: 'access_denied' });
    const { function: given } = await ask({ ...prod(), function_name: 'checkout-authorize' });
    expect(given.Unavailable).toEqual({ [part]: 'access_denied' });
    expect(given).not.toHaveProperty(part);
    expect(given.FunctionName).toBe('checkout-authorize');
  });

  it('says which action is missing when the function itself may not be read', async () => {
    access.rule({ match: { service: 'lambda', operation: 'GetFunction' }, fault: 'access_denied' });
    const { error } = await ask({ ...prod(), function_name: 'checkout-authorize' });
    expect(error).toMatchObject({ code: 'access_denied', action: 'lambda:GetFunction' });
  });

  it('answers before the deadline when one part is silent, and gives the others', async () => {
    access.rule({ match: { service: 'lambda', operation: 'GetPolicy' }, fault: 'hang' });
    const started = Date.now();
    const { function: given } = await ask({ ...prod(), function_name: 'checkout-authorize' }, 3_000);
    expect(Date.now() - started).toBeLessThan(2_800);
    expect(given).toMatchObject({ FunctionName: 'checkout-authorize', Unavailable: { Policy: 'timeout' } });
  });

  refusesBadInput(access, (event) => ask({ ...prod(), ...event }), [
    ['function_name', { function_name: 'arn:aws:lambda:us-east-1:000000000000:function:checkout-authorize' }],
    ['function_name', { function_name: '../x' }],
    ['function_name', {}],
    ['qualifier', { function_name: 'checkout-authorize', qualifier: 'a/b' }],
    ['region', { function_name: 'checkout-authorize', region: 'mars-north-1' }],
    ['next_token', { function_name: 'checkout-authorize', next_token: 'x' }],
  ]);

  it('refuses an ARN of another Region than the default one without a call to AWS', async () => {
    const { account_id } = prod();
    const function_name = `arn:aws:lambda:eu-west-1:${account_id}:function:checkout-authorize`;
    expect((await ask({ account_id, function_name })).error).toMatchObject({ code: 'invalid_input' });
    expect(access.allCalls()).toEqual([]);
    expect((await ask({ account_id, function_name, region: 'eu-west-1' })).function.FunctionArn).toBe(function_name);
  });
});
