import {
  DescribeTrustedAdvisorChecksCommand,
  SupportClient,
  type TrustedAdvisorCheckDescription,
} from '@aws-sdk/client-support';
import type { Reading } from '../reading.ts';
import type { StatusProbe } from './status.ts';

/** The one Region of other partitions in which the Support API answers (AWS Support endpoints and quotas). */
const SUPPORT_REGION: Readonly<Record<string, string>> = {
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-north-1',
};

export function supportClient(cell: Reading): Promise<SupportClient> {
  return cell.client(SupportClient, SUPPORT_REGION[cell.call.self.partition] ?? 'us-east-1');
}

/** Every check that the account's plan has. */
export function checksOf(cell: Reading): Promise<TrustedAdvisorCheckDescription[]> {
  return cell.once('trusted advisor checks', async () => {
    const support = await supportClient(cell);
    const { checks = [] } = await support.send(new DescribeTrustedAdvisorChecksCommand({ language: 'en' }));
    return checks;
  });
}

export const trustedAdvisorStatus: StatusProbe = {
  service: 'trustedadvisor',
  scope: 'account',
  setupUrl: 'https://docs.aws.amazon.com/awssupport/latest/user/get-started-with-aws-trusted-advisor.html',
  ask: async (cell) => {
    const checks = await checksOf(cell);
    const category_counts: Record<string, number> = {};
    for (const { category = 'other' } of checks) category_counts[category] = (category_counts[category] ?? 0) + 1;
    const security_checks = category_counts.security ?? 0;
    const total = checks.length === 1 ? '1 check' : `${checks.length} checks`;
    return {
      status: 'ENABLED',
      message: `AWS Trusted Advisor is enabled, with ${total}, ${security_checks} of them on security.`,
      // Without such a plan the API refuses; it does not say which of them it is.
      support_tier: 'Business or higher',
      total_checks: checks.length,
      security_checks,
      category_counts,
    };
  },
};
