import type { AwsSecurityFinding, WorkflowStatus } from '@aws-sdk/client-securityhub';
import type { AccountName, EstateRegion } from './organization.ts';
import { repeated } from './seeder.ts';
import { bucketName } from './storage.ts';

type Severity = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL';

/** The resource of each control: its type, and its ARN around the account. */
const RESOURCES: Readonly<Record<string, readonly [type: string, service: string, path: string]>> = {
  'EC2.2': ['AwsEc2SecurityGroup', 'ec2', 'security-group/'],
  'EC2.3': ['AwsEc2Volume', 'ec2', 'volume/'],
  'EC2.6': ['AwsEc2Vpc', 'ec2', 'vpc/'],
  'EC2.8': ['AwsEc2Instance', 'ec2', 'instance/'],
  'EC2.14': ['AwsEc2SecurityGroup', 'ec2', 'security-group/'],
  'EC2.19': ['AwsEc2SecurityGroup', 'ec2', 'security-group/'],
  'EFS.1': ['AwsEfsFileSystem', 'elasticfilesystem', 'file-system/'],
  'EKS.1': ['AwsEksCluster', 'eks', 'cluster/'],
  'ELB.3': ['AwsElbLoadBalancer', 'elasticloadbalancing', 'loadbalancer/'],
  'ELB.17': ['AwsElbv2LoadBalancer', 'elasticloadbalancing', 'loadbalancer/app/'],
  'Lambda.1': ['AwsLambdaFunction', 'lambda', 'function:'],
  'Lambda.2': ['AwsLambdaFunction', 'lambda', 'function:'],
  'RDS.3': ['AwsRdsDbInstance', 'rds', 'db:'],
  'RDS.27': ['AwsRdsDbCluster', 'rds', 'cluster:'],
};

type Outcome = 'open' | 'passed' | 'suppressed' | 'notified' | 'archived';
type FindingPlan = readonly [control: string, severity: Severity, resource: string, title: string, outcome?: Outcome];

/** By account and Region. */
const FINDINGS: Readonly<Record<string, readonly FindingPlan[]>> = {
  'payments-prod us-east-1': [
    ['EC2.8', 'HIGH', 'ledger-reports', 'EC2 instances should use IMDSv2'],
    ['Lambda.1', 'CRITICAL', 'checkout-webhook', 'Lambda policies should prohibit public access'],
    ['Lambda.2', 'MEDIUM', 'ledger-monthly-close', 'Lambda functions should use supported runtimes'],
    ['EC2.3', 'MEDIUM', 'ledger-import-scratch', 'EBS volumes should be encrypted'],
    ['RDS.3', 'MEDIUM', 'ledger-primary', 'RDS instances should be encrypted', 'passed'],
    ['S3.20', 'LOW', 'ledger-journal', 'Buckets should have MFA delete enabled', 'suppressed'],
    ['EC2.2', 'HIGH', 'retired-vpc', 'Default security groups should have no rules', 'archived'],
  ],
  'payments-prod eu-west-1': [
    ['EC2.19', 'CRITICAL', 'settlement-sftp', 'Security groups should not open high-risk ports'],
    ['ELB.3', 'MEDIUM', 'settlement-legacy', 'Classic load balancers should use TLS'],
    ['ELB.17', 'MEDIUM', 'checkout-eu', 'Load balancers should use current TLS policies'],
  ],
  'data-platform us-east-1': [
    ['RDS.3', 'MEDIUM', 'notebooks-tracking', 'RDS instances should be encrypted'],
    ['RDS.27', 'MEDIUM', 'warehouse-catalog', 'RDS clusters should be encrypted'],
    ['EFS.1', 'MEDIUM', 'notebook-homes', 'EFS should be encrypted'],
    ['Lambda.2', 'MEDIUM', 'notebook-idle-stop', 'Lambda functions should use supported runtimes'],
    ['S3.5', 'MEDIUM', 'notebooks-shared', 'Buckets should require TLS', 'notified'],
  ],
  'data-platform eu-central-1': [
    ['S3.2', 'CRITICAL', 'clicks-public-samples', 'Buckets should block public read access'],
    ['EC2.14', 'HIGH', 'windows-jump', 'Security groups should not open port 3389'],
    ['EKS.1', 'HIGH', 'clickstream', 'EKS endpoints should not be public'],
    ['EC2.6', 'MEDIUM', 'data-frankfurt', 'VPC flow logging should be enabled'],
  ],
  'log-archive us-east-1': [['S3.15', 'MEDIUM', 'cloudtrail', 'Buckets should have Object Lock enabled']],
  'log-archive eu-central-1': [['GuardDuty.1', 'HIGH', 'account', 'GuardDuty should be enabled']],
  'security-tooling us-east-1': [
    ['EC2.19', 'INFORMATIONAL', 'siem-indexer', 'Security groups should not open high-risk ports'],
  ],
};

const WORKFLOW: Partial<Record<Outcome, WorkflowStatus>> = {
  passed: 'RESOLVED',
  suppressed: 'SUPPRESSED',
  notified: 'NOTIFIED',
};

const HOUR = 3_600_000;

/** Security Hub findings of one cell, in the Security Finding Format. */
export function securityHubFindings(
  accountId: string,
  account: AccountName,
  region: EstateRegion,
  scale: number,
): AwsSecurityFinding[] {
  const plans = FINDINGS[`${account} ${region}`] ?? [];
  return plans.flatMap(([control, severity, name, title, outcome = 'open'], index) =>
    repeated(name, scale).map((resource) => {
      const updated = new Date(Date.now() - (index + 1) * 7 * HOUR).toISOString();
      return {
        SchemaVersion: '2018-10-08',
        Id: `arn:aws:securityhub:${region}:${accountId}:security-control/${control}/finding/${resource}`,
        ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
        ProductName: 'Security Hub',
        GeneratorId: `security-control/${control}`,
        AwsAccountId: accountId,
        Region: region,
        Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
        CreatedAt: new Date(Date.now() - 40 * 24 * HOUR).toISOString(),
        UpdatedAt: updated,
        LastObservedAt: updated,
        Severity: { Label: severity },
        Title: title,
        Description: `${title}: ${resource}.`,
        Remediation: {
          Recommendation: {
            Url: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation`,
          },
        },
        Resources: [{ ...resourceOf(control, accountId, region, resource), Partition: 'aws', Region: region }],
        Compliance: { Status: outcome === 'passed' ? 'PASSED' : 'FAILED', SecurityControlId: control },
        Workflow: { Status: WORKFLOW[outcome] ?? 'NEW' },
        RecordState: outcome === 'archived' ? 'ARCHIVED' : 'ACTIVE',
      };
    }),
  );
}

function resourceOf(control: string, accountId: string, region: EstateRegion, name: string) {
  if (control.startsWith('S3.')) return { Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${bucketName(name)}` };
  const [Type, service, path] = RESOURCES[control] ?? [];
  if (!Type) return { Type: 'AwsAccount', Id: `AWS::::Account:${accountId}` };
  return { Type, Id: `arn:aws:${service}:${region}:${accountId}:${path}${name}` };
}

const VULNERABILITIES: readonly { account: AccountName; cve: string; severity: Severity; function: string }[] = [
  { account: 'payments-prod', cve: 'CVE-2025-00001', severity: 'CRITICAL', function: 'receipt-renderer' },
  { account: 'payments-prod', cve: 'CVE-2025-00002', severity: 'HIGH', function: 'ledger-monthly-close' },
  { account: 'payments-prod', cve: 'CVE-2025-00003', severity: 'MEDIUM', function: 'ledger-post' },
  { account: 'payments-dev', cve: 'CVE-2025-00001', severity: 'CRITICAL', function: 'dev-old-mailer' },
  { account: 'data-platform', cve: 'CVE-2025-00002', severity: 'HIGH', function: 'notebook-idle-stop' },
];

/** Inspector findings of one cell as they go over the wire (times in seconds): moto hands them out unread. */
export function inspectorFindings(accountId: string, account: AccountName, region: EstateRegion, scale: number) {
  return VULNERABILITIES.filter((plan) => plan.account === account).flatMap((plan) =>
    repeated(plan.function, scale).map((name) => {
      const resource = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
      const seen = Math.floor(Date.now() / 1_000);
      return {
        findingArn: `arn:aws:inspector2:${region}:${accountId}:finding/${plan.cve}-${name}`,
        awsAccountId: accountId,
        type: 'PACKAGE_VULNERABILITY',
        title: `${plan.cve} in ${name}`,
        description: `A package of ${name} has the known vulnerability ${plan.cve}.`,
        severity: plan.severity,
        status: 'ACTIVE',
        firstObservedAt: seen - 30 * 24 * 3_600,
        lastObservedAt: seen,
        updatedAt: seen,
        remediation: { recommendation: { text: 'Update the package.' } },
        resources: [{ type: 'AWS_LAMBDA_FUNCTION', id: resource, partition: 'aws', region }],
        packageVulnerabilityDetails: { vulnerabilityId: plan.cve, source: 'NVD', vulnerablePackages: [] },
      };
    }),
  );
}
