import * as z from 'zod';
import { answerOf, defineTool, failure, type ItemTypeOf, listOf } from './define-tool.ts';
import { fields, paging, time } from './fields.ts';
import { securityTargets, severity, stored } from './security-check.ts';
import { securityService } from './security-service.ts';

/** A finding, whichever service found it. Title, type and resource are text that strangers may have written. */
export const finding = listOf('finding', 'findings', {
  Id: z.string(),
  Title: z.string(),
  Severity: severity,
  Service: securityService,
  AccountId: z.string(),
  Region: z.string(),
  ResourceType: z.string(),
  ResourceId: z.string(),
  FirstSeen: time,
  LastSeen: time,
  Status: z.string(),
  RemediationUrl: z.string(),
});

export type Finding = ItemTypeOf<typeof finding>;

const count = z.record(z.string(), z.int());

export const findingSummary = z.strictObject({
  total_count: z.int(),
  severity_counts: count,
  type_counts: count,
  account_counts: count.optional(),
  counted_by: z.string(),
  /** Not everything could be counted, or not apart from what was not asked for. */
  partial: z.boolean(),
});

export const getSecurityFindings = defineTool({
  name: 'GetSecurityFindings',
  toolset: 'security',
  description: 'Active findings of a security service, worst first, with counts of all.',
  input: z.strictObject({
    service: securityService,
    account_id: securityTargets.account_id.describe('Account ID, several with commas, or all. Default: own.'),
    region: securityTargets.region.describe('Region, several, or all. Default: home.'),
    severity_filter: z.string().optional().describe('At least, e.g. HIGH or ERROR.'),
    include_archived: z.boolean().default(false).describe('Also closed.'),
    status_filter: z.string().optional().describe('securityhub, e.g. NEW,FAILED.'),
    finding_account_id: z.string().optional().describe('Of this member of account_id.'),
    check_enabled: z.boolean().default(true),
    max_findings: z.int().min(1).optional().describe('= max_results.'),
    store_in_context: z.boolean().default(true),
    ...fields(),
    ...paging,
    next_token: paging.next_token.describe('Of the last answer.'),
  }),
  output: answerOf({
    account_id: z.string(),
    region: z.string(),
    service: securityService,
    /** Everywhere; absent where that was not asked or could not be told. */
    enabled: z.boolean().optional(),
    message: z.string(),
    suspended: z.array(z.strictObject({ account_id: z.string(), region: z.string() })).optional(),
    finding_count: z.int(),
    findings: z.array(finding.item as unknown as z.ZodType<Finding>),
    /** Over all accounts and Regions asked for, in the first answer only. */
    summary: findingSummary.optional(),
    context: stored.optional(),
    complete: z.boolean(),
    failures: z.array(failure).optional(),
    next_token: z.string().optional(),
  }),
  iam: [
    'guardduty:ListDetectors',
    'guardduty:GetDetector',
    'guardduty:ListFindings',
    'guardduty:GetFindings',
    'guardduty:GetFindingsStatistics',
    'inspector2:BatchGetAccountStatus',
    'inspector2:ListFindings',
    'inspector2:ListFindingAggregations',
    'access-analyzer:ListAnalyzers',
    'access-analyzer:ListFindings',
    'access-analyzer:GetFindingsStatistics',
    'securityhub:GetFindings',
    'support:DescribeTrustedAdvisorChecks',
    'support:DescribeTrustedAdvisorCheckSummaries',
    'support:DescribeTrustedAdvisorCheckResult',
    'macie2:GetMacieSession',
    'macie2:ListFindings',
    'macie2:GetFindings',
    'macie2:GetFindingStatistics',
  ],
  ownIam: ['s3:PutObject'],
  example: {
    input: { service: 'guardduty', account_id: '111111111111', region: 'us-east-1', severity_filter: 'HIGH' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      service: 'guardduty',
      enabled: true,
      message: 'Findings of Amazon GuardDuty, HIGH and worse.',
      finding_count: 1,
      findings: [
        {
          Id: '60b8f5d2c4e94b7e8f3a2d1c0b9a8f7e',
          Title: 'The EC2 instance i-0123456789abcdef0 communicates with a mining pool.',
          Severity: 'HIGH',
          Service: 'guardduty',
          AccountId: '111111111111',
          Region: 'us-east-1',
          ResourceType: 'Instance',
          ResourceId: 'i-0123456789abcdef0',
          FirstSeen: '2026-11-18T07:00:00.000Z',
          LastSeen: '2026-11-20T08:00:00.000Z',
          Status: 'ACTIVE',
          RemediationUrl: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html',
        },
      ],
      summary: {
        total_count: 1,
        severity_counts: { high: 1 },
        type_counts: { 'CryptoCurrency:EC2/BitcoinTool.B!DNS': 1 },
        counted_by: 'GuardDuty GetFindingsStatistics',
        partial: false,
      },
      context: { stored: false, reason: 'no context store is configured' },
      complete: true,
    },
  },
});
