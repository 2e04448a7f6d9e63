import { describe, expect, it } from 'vitest';
import type { SecurityService } from '../../../schemas/security-service.ts';
import { ToolError, toToolError } from '../../../shared/errors.ts';
import { RECORDED_ERRORS, securityFault } from '../../../shared/security/not-enabled.ts';

type Row = readonly [
  service: SecurityService,
  name: string,
  status: number,
  message: string,
  /** The code, and the reason where the code alone does not tell. */
  expected: string,
];

const denied = (action: string, why = `because no identity-based policy allows the ${action} action`) =>
  `User: arn:aws:sts::111111111111:assumed-role/CentralOpsTargetRole/x is not authorized to perform: ${action} ${why}`;
const SCP = 'with an explicit deny in a service control policy';
const TOKEN = 'The security token included in the request is invalid.';
const PLAN = 'Premium Support Subscription is required to use this service.';
const OFF = 'service_not_enabled not_enabled';

/** Errors as AWS answers them, recorded in public issues and in AWS's guides. */
const ERRORS: readonly Row[] = [
  ['macie', 'AccessDeniedException', 403, 'Macie is not enabled.', OFF],
  ['macie', 'AccessDeniedException', 401, 'Macie is not enabled.', OFF],
  ['macie', 'AccessDeniedException', 403, 'Macie is not enabled', OFF],
  ['macie', 'AccessDeniedException', 403, 'Macie is not enabled for this account in this Region.', OFF],
  ['macie', 'AccessDeniedException', 403, denied('macie2:GetMacieSession'), 'access_denied'],
  ['macie', 'AccessDeniedException', 403, denied('macie2:ListFindings', SCP), 'access_denied'],
  ['macie', 'AccessDeniedException', 403, '', 'access_denied'],
  ['macie', 'AccessDeniedException', 403, denied('macie2:GetMacieSession', 'Macie is not enabled'), 'access_denied'],
  ['macie', 'ThrottlingException', 429, 'Rate exceeded', 'throttled'],
  ['macie', 'InternalServerException', 500, 'Internal server error', 'unavailable'],
  ['securityhub', 'InvalidAccessException', 401, 'Account 111111111111 is not subscribed to AWS Security Hub', OFF],
  ['securityhub', 'InvalidAccessException', 401, 'Account 111111111111 is not subscribed to Security Hub', OFF],
  ['securityhub', 'ResourceNotFoundException', 404, 'The request was rejected because we can not find it.', OFF],
  ['securityhub', 'AccessDeniedException', 403, 'Account 111111111111 is not enabled for securityhub', OFF],
  [
    'securityhub',
    'InvalidAccessException',
    401,
    'Account 111111111111 is not an administrator for this organization',
    'access_denied',
  ],
  ['securityhub', 'InvalidAccessException', 401, '', 'access_denied'],
  ['securityhub', 'AccessDeniedException', 403, denied('securityhub:GetFindings'), 'access_denied'],
  ['securityhub', 'AccessDeniedException', 403, denied('securityhub:DescribeHub', SCP), 'access_denied'],
  ['securityhub', 'InvalidAccessException', 401, denied('securityhub:GetFindings'), 'access_denied'],
  ['accessanalyzer', 'InvalidAccessException', 403, denied('access-analyzer:ListAnalyzers'), 'access_denied'],
  ['inspector', 'AccessDenied', 400, denied('inspector2:ListFindings').replace('perform:', 'perform'), 'access_denied'],
  ['securityhub', 'LimitExceededException', 429, 'The request was rejected: limits.', 'throttled'],
  ['trustedadvisor', 'SubscriptionRequiredException', 400, `AWS ${PLAN}`, 'service_not_enabled no_support_plan'],
  [
    'trustedadvisor',
    'SubscriptionRequiredException',
    400,
    `Amazon Web Services ${PLAN}`,
    'service_not_enabled no_support_plan',
  ],
  [
    'trustedadvisor',
    'InvalidParameterValueException',
    400,
    'Unknown ID: Account requires a Premium Support Plan for access to Trusted Advisor check: fH7LL0l7J9',
    'service_not_enabled no_support_plan',
  ],
  ['trustedadvisor', 'InvalidParameterValueException', 400, 'Unknown ID: no-such-check', 'invalid_input'],
  [
    'trustedadvisor',
    'AccessDeniedException',
    400,
    denied('support:DescribeTrustedAdvisorCheckResult', ''),
    'access_denied',
  ],
  [
    'trustedadvisor',
    'AccessDeniedException',
    400,
    denied('support:DescribeTrustedAdvisorChecks', SCP),
    'access_denied',
  ],
  ['trustedadvisor', 'ThrottlingException', 400, 'Rate exceeded', 'throttled'],
  ['inspector', 'AccessDeniedException', 403, 'Invoking account is not enabled.', OFF],
  ['inspector', 'AccessDeniedException', 403, 'Invoking account does not have access to this account', 'access_denied'],
  [
    'inspector',
    'AccessDeniedException',
    403,
    'User: arn:aws:sts::111111111111:assumed-role/x/y is not authorized to perform: inspector2:ListFindings on resource: arn:aws:inspector2:us-east-1:111111111111:/findings/list with an explicit deny in a service control policy',
    'access_denied',
  ],
  ['inspector', 'AccessDeniedException', 403, denied('inspector2:BatchGetAccountStatus'), 'access_denied'],
  ['inspector', 'ResourceNotFoundException', 404, 'No such resource', 'not_found'],
  [
    'guardduty',
    'BadRequestException',
    400,
    'The request is rejected because the input detectorId is not owned by the current account.',
    OFF,
  ],
  [
    'guardduty',
    'BadRequestException',
    400,
    'The request is rejected because the parameter detectorId has an invalid value.',
    'invalid_input',
  ],
  ['guardduty', 'AccessDeniedException', 403, denied('guardduty:ListDetectors'), 'access_denied'],
  ['guardduty', 'AccessDeniedException', 403, denied('guardduty:ListFindings', SCP), 'access_denied'],
  ['guardduty', 'InternalServerErrorException', 500, 'Internal error', 'unavailable'],
  ['accessanalyzer', 'ResourceNotFoundException', 404, 'The specified analyzer was not found', OFF],
  ['accessanalyzer', 'AccessDeniedException', 403, denied('access-analyzer:ListAnalyzers'), 'access_denied'],
  ['accessanalyzer', 'ValidationException', 400, 'filter is not valid', 'invalid_input'],
  [
    'guardduty',
    'SubscriptionRequiredException',
    403,
    'The AWS Access Key Id needs a subscription for the service',
    OFF,
  ],
  ['inspector', 'SubscriptionRequiredException', 400, `AWS ${PLAN}`, OFF],
  ['macie', 'SubscriptionRequired', 403, 'The AWS Access Key Id needs a subscription for the service', OFF],
  ['macie', 'NotSignedUp', 403, 'Your account is not signed up for the service.', OFF],
  [
    'inspector',
    'UnknownOperationException',
    400,
    'The operation is not supported in this region',
    'service_not_enabled not_offered',
  ],
  [
    'macie',
    'AccessDeniedException',
    403,
    'This operation is not currently supported in this region',
    'service_not_enabled not_offered',
  ],
  [
    'accessanalyzer',
    'AccessDeniedException',
    403,
    'Your account is not authorized to invoke this API operation.',
    'service_not_enabled not_offered',
  ],
  ['guardduty', 'UnrecognizedClientException', 403, TOKEN, 'region_not_enabled'],
  ['inspector', 'UnrecognizedClientException', 403, TOKEN, 'region_not_enabled'],
  ['accessanalyzer', 'UnrecognizedClientException', 403, TOKEN, 'region_not_enabled'],
  ['securityhub', 'UnrecognizedClientException', 403, TOKEN, 'region_not_enabled'],
  ['macie', 'UnrecognizedClientException', 403, TOKEN, 'region_not_enabled'],
  ['macie', 'InvalidClientTokenId', 403, TOKEN, 'region_not_enabled'],
  [
    'guardduty',
    'AuthFailure',
    401,
    'AWS was not able to validate the provided access credentials',
    'region_not_enabled',
  ],
  ['securityhub', 'OptInRequired', 401, 'You are not subscribed to this service.', 'region_not_enabled'],
  ['securityhub', 'RegionDisabledException', 403, 'STS is not activated in this region', 'region_not_enabled'],
  ['macie', 'SignatureDoesNotMatch', 403, 'The request signature we calculated does not match', 'internal'],
  ['inspector', 'ExpiredTokenException', 403, 'The security token included in the request is expired', 'unavailable'],
];

const CALL = { operation: 'GetMacieSession', actions: ['macie2:GetMacieSession', 'guardduty:ListDetectors'] };

const failing = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

const kindOf = ({ code, details }: ToolError) => (code === 'service_not_enabled' ? `${code} ${details.reason}` : code);

const faultOf = ([service, name, status, message]: Row) => securityFault(service, failing(name, message, status), CALL);

describe('errors of the security services', () => {
  it('are at least 40 recorded ones', () => {
    expect(ERRORS.length).toBeGreaterThanOrEqual(40);
  });

  it.each(ERRORS)('%s %s %i "%s" is %s', (...row) => {
    expect(kindOf(faultOf(row))).toBe(row[4]);
  });

  it.each(ERRORS.filter(([, , , message]) => message.includes('is not authorized to perform')))(
    '%s %s %i: a denial by IAM is never read as "not enabled"',
    (...row) => {
      expect(faultOf(row).code).toBe('access_denied');
    },
  );

  it('need every row of the table', () => {
    const matched = RECORDED_ERRORS.filter((recorded) =>
      ERRORS.some(
        (row) =>
          RECORDED_ERRORS.find(
            (each) =>
              (each.service ?? row[0]) === row[0] && each.name.test(row[1]) && (each.text?.test(row[3]) ?? true),
          ) === recorded,
      ),
    );
    expect(matched).toEqual(RECORDED_ERRORS);
    expect(RECORDED_ERRORS.every(({ source }) => source.length > 10)).toBe(true);
  });

  it('are told by their whole name: what only begins or ends as a known one is left to the error catalogue', () => {
    const known = ERRORS.filter(([, , , , expected]) => /service_not_enabled|access_denied/.test(expected));
    for (const [service, name, , message] of known) {
      for (const other of [`${name}2`, `Not${name}`]) {
        const error = failing(other, message);
        expect([other, kindOf(securityFault(service, error, CALL))]).toEqual([other, kindOf(toToolError(error, CALL))]);
      }
    }
  });

  it.each([
    ['no error at all', undefined],
    ['null', null],
    ['a text', 'AccessDeniedException'],
    ['an error without a name', { message: 'Macie is not enabled' }],
    ['a denial without a message', { name: 'AccessDeniedException' }],
    ['a denial whose message is no text', { name: 'AccessDeniedException', message: 1 }],
  ])('are none where %s was thrown: that is judged as the error catalogue does', (_, thrown) => {
    expect(securityFault('macie', thrown, CALL)).toEqual(toToolError(thrown, CALL));
  });

  it('are not looked for in a fault that is already told in our words', () => {
    const ours = new ToolError('timeout', 'Macie is not enabled');
    expect(securityFault('macie', ours, CALL)).toBe(ours);
  });

  it('name the action that is missing, and who denies it', () => {
    const fault = faultOf(['macie', 'AccessDeniedException', 403, denied('macie2:GetMacieSession', SCP), '']);
    expect(fault.details).toEqual({ action: 'macie2:GetMacieSession', denied_by: 'a service control policy' });
  });

  it("are told in our words, never in AWS's", () => {
    for (const row of ERRORS) expect(faultOf(row).message).not.toContain('111111111111');
  });
});
