import { describe, expect, it } from 'vitest';
import { deniesPlainHttp, parsePolicy } from '../../../shared/security/bucket-policy.ts';

const statement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: 'arn:aws:s3:::invoices/*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe('parsePolicy', () => {
  it('gives the statements, one or several', () => {
    expect(parsePolicy(JSON.stringify({ Statement: statement }))).toEqual([statement]);
    expect(parsePolicy(JSON.stringify({ Statement: [statement, statement] }))).toEqual([statement, statement]);
  });

  it('gives null for no policy, and no statements for one without any', () => {
    expect([parsePolicy(undefined), parsePolicy('')]).toEqual([null, null]);
    expect(parsePolicy('{"Version": "2012-10-17"}')).toEqual([]);
  });

  it('throws where the text is no policy document', () => {
    expect(() => parsePolicy('{"Statement": [')).toThrow(SyntaxError);
  });
});

/** Controls of S3 test the rest through S3.5. */
describe('deniesPlainHttp', () => {
  const denies = (change: object) => deniesPlainHttp([{ ...statement, ...change }], 'invoices');
  const condition = (operator: string, key: string, value: unknown) =>
    denies({ Condition: { [operator]: { [key]: value } } });

  it('takes lists for single values', () => {
    const Resource = ['arn:aws:s3:::invoices', 'arn:aws:s3:::invoices/*'];
    expect(denies({ Principal: ['*'], Action: ['s3:GetObject', 'S3:*'], Resource })).toBe(true);
    expect(condition('Bool', 'aws:SecureTransport', ['false'])).toBe(true);
  });

  it.each([
    ['Bool', 'aws:SecureTransport', 'false', true],
    ['BoolIfExists', 'aws:SecureTransport', 'false', true],
    ['Null', 'aws:SecureTransport', 'false', false],
    ['BoolIfExists2', 'aws:SecureTransport', 'false', false],
    ['xBool', 'aws:SecureTransport', 'false', false],
    ['Bool', 'aws:SecureTransport', [], false],
    ['Bool', 'aws:ViaAWSService', 'false', false],
    ['NumericLessThan', 's3:TlsVersion', '1.2', true],
    ['NumericLessThanIfExists', 's3:TlsVersion', '1.2', true],
    ['NumericLessThanEquals', 's3:TlsVersion', '1.2', false],
    ['notNumericLessThan', 's3:TlsVersion', '1.2', false],
    ['NumericLessThan', 's3:max-keys', '10', false],
  ])('by %s of %s %j: %s', (operator, key, value, expected) => {
    expect(condition(operator, key, value)).toBe(expected);
  });

  it('is narrowed by a second key of the same operator', () => {
    const Bool = { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' };
    expect(denies({ Condition: { Bool } })).toBe(false);
  });

  it.each(['Principal', 'Action', 'Resource', 'Condition', 'Effect'])('needs the %s', (part) => {
    expect(denies({ [part]: undefined })).toBe(false);
  });

  it('takes no service and no account for everyone', () => {
    expect(denies({ Principal: { Service: '*' } })).toBe(false);
    expect(denies({ Principal: '111111111111' })).toBe(false);
  });
});
