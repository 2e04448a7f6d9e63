import * as z from 'zod';
import { answerOf, defineTool, failure, type ItemTypeOf, listOf } from './define-tool.ts';
import { fields, paging, time } from './fields.ts';
import { securityTargets, stored } from './security-check.ts';
import { securityService } from './security-service.ts';

/** SUSPENDED: set up and paused. CHANGING: on its way in or out. UNKNOWN: could not tell, `code` says why. */
export const SERVICE_STATES = [
  'ENABLED',
  'SUSPENDED',
  'DISABLED',
  'NO_SUPPORT_PLAN',
  'CHANGING',
  'REGION_OFF',
  'UNKNOWN',
] as const;

/** AWS may leave out any field. */
const part = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape).partial();

/** AWS's own words on the service, each service with its own part. */
const details = {
  detector_details: part({
    id: z.string(),
    status: z.string(),
    finding_publishing_frequency: z.string(),
    features: z.record(z.string(), z.string()),
  }),
  scan_status: part({
    ec2_status: z.string(),
    ecr_status: z.string(),
    lambda_status: z.string(),
    lambda_code_status: z.string(),
    code_repository_status: z.string(),
  }),
  analyzers: z.array(part({ name: z.string(), type: z.string(), status: z.string(), created_at: time })),
  standards: z.array(part({ name: z.string(), version: z.string(), status: z.string() })),
  support_tier: z.string(),
  total_checks: z.int(),
  security_checks: z.int(),
  category_counts: z.record(z.string(), z.int()),
  session_status: z.string(),
  created_at: time,
  service_role: z.string(),
  finding_publishing_frequency: z.string(),
};

const onRequest = { message: z.string(), setup_url: z.string(), ...details };

/** One service in one account and Region; Trusted Advisor, which is global, once in an account. */
export const serviceStatus = listOf(
  'status',
  'statuses',
  {
    service: securityService,
    /** null: could not tell. */
    enabled: z.boolean().nullable(),
    status: z.enum(SERVICE_STATES),
    code: z.string(),
  },
  onRequest,
);

export type ServiceStatus = ItemTypeOf<typeof serviceStatus>;

const statusRow = serviceStatus.item as unknown as z.ZodType<
  ServiceStatus & Partial<Record<'AccountId' | 'Region', string>>
>;

export const checkSecurityServices = defineTool({
  name: 'CheckSecurityServices',
  toolset: 'security',
  description:
    'Are the security services on? Per service, account and Region: enabled, suspended, disabled, no support plan, or unknown when denied. Counts are complete; rows come worst first.',
  input: z.strictObject({
    ...securityTargets,
    services: z.array(securityService).min(1).optional().describe('Default: all.'),
    store_in_context: z.boolean().default(true).describe('For GetStoredSecurityContext.'),
    ...fields(),
    ...paging,
  }),
  output: answerOf({
    account_id: z.string(),
    region: z.string(),
    /** Of one account and Region: everything that is known, by service. */
    service_statuses: z.record(z.string(), statusRow).optional(),
    status_count: z.int().optional(),
    /** Of several: a row for each, the faults first. */
    statuses: z.array(statusRow).optional(),
    services_checked: z.array(securityService),
    /** Only when every checked service is known to be enabled, everywhere. */
    all_enabled: z.boolean(),
    service_counts: z.record(z.string(), z.record(z.string(), z.int())).optional(),
    summary: z.string(),
    context: stored.optional(),
    complete: z.boolean(),
    failures: z.array(failure).optional(),
    next_token: z.string().optional(),
  }),
  iam: [
    'guardduty:ListDetectors',
    'guardduty:GetDetector',
    'inspector2:BatchGetAccountStatus',
    'access-analyzer:ListAnalyzers',
    'securityhub:DescribeHub',
    'securityhub:GetEnabledStandards',
    'support:DescribeTrustedAdvisorChecks',
    'macie2:GetMacieSession',
  ],
  ownIam: ['s3:PutObject'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', services: ['guardduty', 'macie', 'trustedadvisor'] },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      service_statuses: {
        guardduty: {
          enabled: false,
          status: 'SUSPENDED',
          message: 'Amazon GuardDuty is set up and suspended: it finds nothing new.',
          setup_url: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html',
          detector_details: {
            id: '12abc34d567e8fa901bc2d34e56789f0',
            status: 'DISABLED',
            finding_publishing_frequency: 'SIX_HOURS',
            features: { S3_DATA_EVENTS: 'ENABLED' },
          },
        },
        macie: {
          enabled: false,
          status: 'DISABLED',
          message: 'Amazon Macie is not enabled in this account and Region.',
          setup_url: 'https://docs.aws.amazon.com/macie/latest/user/getting-started.html',
        },
        trustedadvisor: {
          enabled: true,
          status: 'ENABLED',
          message: 'AWS Trusted Advisor is enabled, with 1 check, 1 of them on security.',
          support_tier: 'Business or higher',
          total_checks: 1,
          security_checks: 1,
          category_counts: { security: 1 },
        },
      },
      services_checked: ['guardduty', 'trustedadvisor', 'macie'],
      all_enabled: false,
      summary: 'Enabled: trustedadvisor. Suspended: guardduty. Disabled: macie.',
      context: { stored: false, reason: 'no context store is configured' },
      complete: true,
    },
  },
});
