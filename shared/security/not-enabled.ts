import type { SecurityService } from '../../schemas/security-service.ts';
import { type FailedCall, ToolError, toToolError } from '../errors.ts';

/**
 * What an error of a security service means where its name alone does not tell. Some of them say "access denied" for a
 * service that is off, others "not enabled" for a call that is denied.
 */
export type Refusal = 'not_enabled' | 'no_plan' | 'not_offered' | 'denied';

interface RecordedError {
  /** Absent: any of the six. */
  readonly service?: SecurityService;
  readonly name: RegExp;
  /** A mark in AWS's sentence. It decides and is not passed on. */
  readonly text?: RegExp;
  readonly means: Refusal;
  /** Where the error was seen, as GitHub issue or AWS page. */
  readonly source: string;
}

/** The first row that fits decides; what fits none is judged by the error catalogue. */
export const RECORDED_ERRORS: readonly RecordedError[] = [
  // IAM's own sentence is a denial whatever the service: "User: … is not authorized to perform: …".
  {
    name: /^(AccessDenied(Exception)?|UnauthorizedOperation|InvalidAccessException)$/,
    text: /is not authorized to perform:? [a-z0-9-]+:/,
    means: 'denied',
    source: 'IAM User Guide, Troubleshoot access denied error messages; cartography-cncf/cartography#2006',
  },
  {
    service: 'macie',
    name: /^AccessDeniedException$/,
    text: /\bMacie is not enabled\b/i,
    means: 'not_enabled',
    source: 'prowler-cloud/prowler#1279 (HTTP 403); mondoohq/mql#5988 (HTTP 401)',
  },
  {
    service: 'securityhub',
    name: /^InvalidAccessException$/,
    text: /is not subscribed to (AWS )?Security Hub/i,
    means: 'not_enabled',
    source: 'joshlarsen/aws-recon#65',
  },
  {
    service: 'securityhub',
    name: /^(InvalidAccess|AccessDenied|ResourceNotFound)Exception$/,
    text: /\bnot enabled for securityhub\b/i,
    means: 'not_enabled',
    source: 'matched by public inventory scripts; the error itself was not seen',
  },
  {
    service: 'securityhub',
    name: /^ResourceNotFoundException$/,
    means: 'not_enabled',
    source: 'API reference of DescribeHub: no hub; so read by awslabs/mcp, security_services.py',
  },
  {
    // "Account … is not an administrator for this organization", and whatever else this error says.
    service: 'securityhub',
    name: /^InvalidAccessException$/,
    means: 'denied',
    source: 'hashicorp/terraform-provider-aws#23079',
  },
  {
    service: 'inspector',
    name: /^AccessDeniedException$/,
    text: /\bInvoking account is not enabled\b/i,
    means: 'not_enabled',
    source: 'cloudposse/terraform-aws-components#914 (HTTP 403, per Region)',
  },
  {
    // The detector went away between its listing and its reading.
    service: 'guardduty',
    name: /^(BadRequest|InvalidInput)Exception$/,
    text: /detectorId is not owned by the current account/i,
    means: 'not_enabled',
    source: 'turbot/steampipe-plugin-aws#1105',
  },
  {
    service: 'accessanalyzer',
    name: /^ResourceNotFoundException$/,
    means: 'not_enabled',
    source: 'API reference of ListFindingsV2: the analyzer went away after it was listed',
  },
  {
    service: 'trustedadvisor',
    name: /^SubscriptionRequiredException$/,
    means: 'no_plan',
    source: 'prowler-cloud/prowler#414; FINRAOS/aphelion#18',
  },
  {
    service: 'trustedadvisor',
    name: /^InvalidParameterValueException$/,
    text: /requires a Premium Support Plan/i,
    means: 'no_plan',
    source: 'aws-solutions/quota-monitor-for-aws#73',
  },
  {
    name: /^(SubscriptionRequired(Exception)?|NotSignedUp)$/,
    means: 'not_enabled',
    source: 'AWS common errors: the account is not signed up for the service yet',
  },
  {
    name: /^(AccessDenied|UnknownOperation|UnsupportedOperation)Exception$/,
    text: /not (currently )?(supported|available) in (this|the) (region|partition)|account is not authorized to invoke this API operation/i,
    means: 'not_offered',
    source: 'AWS Config and others in Regions without the service: "not currently supported in this region"',
  },
];

/** The services by the names that people know. */
export const SERVICE_NAMES: Readonly<Record<SecurityService, string>> = {
  guardduty: 'Amazon GuardDuty',
  inspector: 'Amazon Inspector',
  accessanalyzer: 'IAM Access Analyzer',
  securityhub: 'AWS Security Hub',
  trustedadvisor: 'AWS Trusted Advisor',
  macie: 'Amazon Macie',
};

function refusalOf(service: SecurityService, error: unknown): Refusal | undefined {
  const { name, message } = Object(error) as Record<string, unknown>;
  const row = RECORDED_ERRORS.find(
    (each) =>
      (each.service ?? service) === service &&
      each.name.test(String(name)) &&
      (each.text?.test(String(message)) ?? true),
  );
  return row?.means;
}

/** `reason` among the details tells the kinds of "not enabled" apart. */
export function notEnabled(service: SecurityService): ToolError {
  return new ToolError('service_not_enabled', `${SERVICE_NAMES[service]} is not enabled in this account and Region.`, {
    reason: 'not_enabled',
  });
}

/** The fault that an error of a security service stands for, in the words of the catalogue. */
export function securityFault(service: SecurityService, error: unknown, call: FailedCall): ToolError {
  switch (refusalOf(service, error)) {
    case 'not_enabled':
      return notEnabled(service);
    case 'no_plan':
      return new ToolError(
        'service_not_enabled',
        "Trusted Advisor's API needs a Business, Enterprise On-Ramp or Enterprise Support plan in this account.",
        { reason: 'no_support_plan' },
      );
    case 'not_offered':
      return new ToolError('service_not_enabled', `${SERVICE_NAMES[service]} is not offered in this Region.`, {
        reason: 'not_offered',
      });
    case 'denied':
      return toToolError({ name: 'AccessDeniedException', message: (error as Error).message }, call);
    default:
      return toToolError(error, call);
  }
}
