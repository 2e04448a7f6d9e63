import { describe, expect, it } from 'vitest';
import { policyStatements } from '../../../shared/aws/resource-policy.ts';

const of = (statement: object) => {
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunction', ...statement };
  return policyStatements(JSON.stringify({ Version: '2012-10-17', Statement }))?.[0];
};
const when = (Condition: object) => of({ Condition })?.Public;

describe('policyStatements', () => {
  it('reads one statement or several, and says null for none', () => {
    expect(policyStatements(undefined)).toBeNull();
    expect(policyStatements('')).toBeNull();
    expect(policyStatements('{}')).toEqual([]);
    expect(policyStatements('{"Statement": [{}, {}]}')).toHaveLength(2);
    expect(() => policyStatements('{')).toThrow(SyntaxError);
  });

  it.each([
    ['*', ['*']],
    [{ AWS: '*' }, ['*']],
    [{ AWS: ['111111111111', 'arn:aws:iam::222222222222:root'] }, ['111111111111', 'arn:aws:iam::222222222222:root']],
    [{ Service: 's3.amazonaws.com', AWS: '111111111111' }, ['s3.amazonaws.com', '111111111111']],
    [{ Federated: 'cognito-identity.amazonaws.com' }, ['cognito-identity.amazonaws.com']],
  ])('names the principals of %j', (Principal, names) => {
    expect(of({ Principal })?.Principal).toEqual(names);
  });

  it.each([
    ['everyone', {}, true],
    ['everyone in AWS', { Principal: { AWS: '*' } }, true],
    ['everyone among others', { Principal: { AWS: ['111111111111', '*'] } }, true],
    ['all but one', { Principal: undefined, NotPrincipal: { AWS: '111111111111' } }, true],
    ['nobody: a denial', { Effect: 'Deny' }, false],
    ['an account', { Principal: { AWS: '111111111111' } }, false],
    ['a service', { Principal: { Service: 'sns.amazonaws.com' } }, false],
  ])('tells whether %s is public', (_, statement, isPublic) => {
    expect(of(statement)?.Public).toBe(isPublic);
  });

  it.each([
    ['an account', { StringEquals: { 'aws:SourceAccount': '111111111111' } }],
    ['an account, in other case', { StringEquals: { 'AWS:SourceAccount': '111111111111' } }],
    ['an organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } }],
    ['an ARN', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::bucket' } }],
    ['any ARN of an account', { ArnLike: { 'aws:SourceArn': 'arn:aws:execute-api:*:111111111111:*/*' } }],
    ['networks', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.7/32'] } }],
    ['an endpoint', { 'ForAnyValue:StringEquals': { 'aws:SourceVpce': 'vpce-1' } }],
    ['an account, among other conditions', { Bool: { a: 'true' }, StringLike: { 'aws:PrincipalAccount': '1' } }],
  ])('does not call public what is narrowed to %s', (_, Condition) => {
    expect(when(Condition)).toBe(false);
  });

  it.each([
    ['all accounts', { StringLike: { 'aws:SourceAccount': '*' } }],
    ['all accounts but one', { StringNotEquals: { 'aws:SourceAccount': '111111111111' } }],
    ['callers without an account too', { StringEqualsIfExists: { 'aws:SourceAccount': '111111111111' } }],
    ['no value at all', { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-abc' } }],
    ['any account', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:*:topic' } }],
    ['one account or any', { ArnLike: { 'aws:SourceArn': ['arn:aws:s3:::bucket', '*'] } }],
    ['all addresses', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }],
    ['all IPv6 addresses', { IpAddress: { 'aws:SourceIp': '::/0' } }],
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['a URL without authentication', { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } }],
    ['nothing', { StringEquals: { 'aws:SourceAccount': [] } }],
  ])('calls public what is narrowed to %s', (_, Condition) => {
    expect(when(Condition)).toBe(true);
  });

  it.each([
    'aws:SourceArn',
    'aws:SourceAccount',
    'aws:SourceOwner',
    'aws:SourceOrgID',
    'aws:SourceOrgPaths',
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:PrincipalOrgID',
    'aws:PrincipalOrgPaths',
    'aws:userid',
    'aws:SourceIp',
    'aws:SourceVpc',
    'aws:SourceVpce',
  ])('takes %s for a known caller', (key) => {
    expect(when({ StringEquals: { [key]: 'x' } })).toBe(false);
    expect(when({ StringNotEquals: { [key]: 'x' } })).toBe(true);
  });

  it.each([
    ['arn:aws:lambda:us-east-1:111111111111:function:*', false],
    ['arn:aws:s3:::bucket/0x', false],
    ['*arn:aws:iam::111111111111:role/x', true],
    ['arn:aws:iam::*:role/x', true],
    ['arn:aws:iam::1111111111111:role/*', true],
  ])('calls an ARN %s public: %s', (arn, isPublic) => {
    expect(when({ ArnLike: { 'aws:SourceArn': arn } })).toBe(isPublic);
  });

  it('takes a statement that does not say its effect for an allowance', () => {
    expect(of({ Effect: undefined })).toMatchObject({ Effect: 'Allow', Public: true });
  });

  it('shows the organization that is demanded', () => {
    expect(of({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } } })).toMatchObject({
      PrincipalOrgID: ['o-abc'],
      OtherConditions: undefined,
    });
  });

  it('shows the values of source ARN, account and organization, and of other conditions the names only', () => {
    expect(
      of({
        Condition: {
          ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::bucket' },
          StringEquals: { 'aws:SourceAccount': ['111111111111', '222222222222'], 'lambda:EventSourceToken': 'secret' },
          StringNotEquals: { 'aws:PrincipalOrgID': 'o-abc' },
        },
      }),
    ).toMatchObject({
      SourceArn: ['arn:aws:s3:::bucket'],
      SourceAccount: ['111111111111', '222222222222'],
      PrincipalOrgID: undefined,
      OtherConditions: ['StringEquals lambda:EventSourceToken', 'StringNotEquals aws:PrincipalOrgID'],
    });
  });

  it('shows exceptions as such', () => {
    const { Principal, Action } =
      of({ Principal: undefined, NotPrincipal: '111111111111', Action: undefined, NotAction: ['lambda:Get*'] }) ?? {};
    expect([Principal, Action]).toEqual([['not 111111111111'], ['not lambda:Get*']]);
  });
});
