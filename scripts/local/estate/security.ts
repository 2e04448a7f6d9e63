import { CreateDetectorCommand, GuardDutyClient } from '@aws-sdk/client-guardduty';
import { EnableCommand, Inspector2Client } from '@aws-sdk/client-inspector2';
import { BatchImportFindingsCommand, EnableSecurityHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { type AccountName, type EstateRegion, REACHABLE_ACCOUNTS, REGIONS } from './organization.ts';
import { inspectorFindings, securityHubFindings } from './security-findings.ts';
import type { Seeder } from './seeder.ts';
import { callMoto } from './seeding-client.ts';

/** Nobody switched it on there. A planted fault. */
const GUARDDUTY_MISSING = 'log-archive eu-central-1';
/** A detector that exists and is suspended: not the same as enabled. A planted fault. */
const GUARDDUTY_SUSPENDED = 'payments-dev eu-west-1';
/** The whole account was left out. A planted fault. */
const SECURITY_HUB_MISSING: AccountName = 'payments-dev';

/** The API's maximum. */
const FINDINGS_PER_IMPORT = 100;

/** How many different calls of ListFindings moto can answer: it takes one prepared answer from a queue for each. */
const INSPECTOR_ANSWERS = 25;

const DETECTOR_FEATURES = [
  'S3_DATA_EVENTS',
  'EKS_AUDIT_LOGS',
  'EBS_MALWARE_PROTECTION',
  'RDS_LOGIN_EVENTS',
  'LAMBDA_NETWORK_LOGS',
] as const;

/** Detectors, hubs and findings in every reachable account and Region, except where their absence is the fault. */
export async function seedSecurityServices(seeder: Seeder, motoUrl: string): Promise<void> {
  for (const name of REACHABLE_ACCOUNTS) {
    for (const region of REGIONS) {
      await seedGuardDuty(seeder, name, region);
      if (name !== SECURITY_HUB_MISSING) await seedSecurityHub(seeder, name, region);
    }
    await seedInspector(seeder, motoUrl, name, 'us-east-1');
  }
}

async function seedGuardDuty(seeder: Seeder, account: AccountName, region: EstateRegion): Promise<void> {
  const place = `${account} ${region}`;
  if (place === GUARDDUTY_MISSING) return;
  await seeder
    .in(account, region)
    .client(GuardDutyClient)
    .send(
      new CreateDetectorCommand({
        Enable: place !== GUARDDUTY_SUSPENDED,
        FindingPublishingFrequency: 'FIFTEEN_MINUTES',
        Features: DETECTOR_FEATURES.map((Name) => ({ Name, Status: region === 'us-east-1' ? 'ENABLED' : 'DISABLED' })),
      }),
    );
  seeder.made('guardduty:detector');
}

async function seedSecurityHub(seeder: Seeder, account: AccountName, region: EstateRegion): Promise<void> {
  const hub = seeder.in(account, region).client(SecurityHubClient);
  await hub.send(new EnableSecurityHubCommand({ EnableDefaultStandards: true }));
  seeder.made('securityhub:hub');
  const findings = securityHubFindings(seeder.accountId(account), account, region, seeder.scale);
  for (let start = 0; start < findings.length; start += FINDINGS_PER_IMPORT) {
    await hub.send(new BatchImportFindingsCommand({ Findings: findings.slice(start, start + FINDINGS_PER_IMPORT) }));
  }
  seeder.made('securityhub:finding', findings.length);
}

async function seedInspector(seeder: Seeder, motoUrl: string, account: AccountName, region: EstateRegion) {
  const accountId = seeder.accountId(account);
  const inspector = seeder.in(account, region).client(Inspector2Client);
  await inspector.send(new EnableCommand({ accountIds: [accountId], resourceTypes: ['EC2', 'LAMBDA'] }));
  const findings = inspectorFindings(accountId, account, region, seeder.scale);
  if (findings.length === 0) return;
  await callMoto(motoUrl, '/moto-api/static/inspector2/findings-results', {
    account_id: accountId,
    region,
    results: Array.from({ length: INSPECTOR_ANSWERS }, () => findings),
  });
  seeder.made('inspector2:finding', findings.length);
}
