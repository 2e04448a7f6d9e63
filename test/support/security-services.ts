import { AccessAnalyzerClient, type AnalyzerSummary, ListAnalyzersCommand } from '@aws-sdk/client-accessanalyzer';
import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { BatchGetAccountStatusCommand, Inspector2Client, type ResourceState } from '@aws-sdk/client-inspector2';
import { GetMacieSessionCommand, Macie2Client } from '@aws-sdk/client-macie2';
import { DescribeHubCommand, GetEnabledStandardsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { DescribeTrustedAdvisorChecksCommand, SupportClient } from '@aws-sdk/client-support';
import { mockClient } from 'aws-sdk-client-mock';
import type { checkSecurityServices } from '../../schemas/check-security-services.ts';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';

/** What CheckSecurityServices answers. */
export type StatusAnswer = AnswerOf<typeof checkSecurityServices.output> & Partial<ErrorAnswer>;

export const guardduty = mockClient(GuardDutyClient);
export const inspector = mockClient(Inspector2Client);
export const analyzer = mockClient(AccessAnalyzerClient);
export const hub = mockClient(SecurityHubClient);
export const support = mockClient(SupportClient);
export const macie = mockClient(Macie2Client);
/** The six security services. */
export const services = [guardduty, inspector, analyzer, hub, support, macie] as unknown as (typeof guardduty)[];

/** An error of AWS by its name. */

/** A state of Inspector or of one of its scans. */
export const state = (status: 'ENABLED' | 'DISABLED' | 'SUSPENDED') => ({
  status,
  errorCode: undefined,
  errorMessage: undefined,
});

export const analyzerOf = (type: AnalyzerSummary['type'], status: AnalyzerSummary['status']): AnalyzerSummary => ({
  arn: `arn of ${type}`,
  name: `of ${type}`,
  type,
  status,
  createdAt: new Date(0),
});

export const standardOf = (StandardsArn: string, StandardsStatus: 'READY' | 'PENDING' = 'READY') => ({
  StandardsArn,
  StandardsSubscriptionArn: 'arn',
  StandardsInput: {},
  StandardsStatus,
});

export const checkOf = (category: string) => ({ id: 'c', name: 'n', description: '', category, metadata: [] });

/** Forgets all calls and answers; then everything is on, everywhere. */
export function allOn(): void {
  for (const mock of services) mock.reset();
  guardduty.on(ListDetectorsCommand).resolves({ DetectorIds: ['d-1'] });
  guardduty.on(GetDetectorCommand).resolves({ Status: 'ENABLED' });
  const resourceState: ResourceState = { ec2: state('ENABLED'), ecr: state('DISABLED'), lambda: state('ENABLED') };
  inspector.on(BatchGetAccountStatusCommand).callsFake(async ({ accountIds }) => ({
    accounts: [{ accountId: accountIds[0], state: state('ENABLED'), resourceState }],
  }));
  analyzer.on(ListAnalyzersCommand).resolves({ analyzers: [analyzerOf('ACCOUNT', 'ACTIVE')] });
  hub.on(DescribeHubCommand).resolves({ HubArn: 'arn' });
  const best = 'arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0';
  hub.on(GetEnabledStandardsCommand).resolves({ StandardsSubscriptions: [standardOf(best)] });
  support.on(DescribeTrustedAdvisorChecksCommand).resolves({ checks: [checkOf('security')] });
  macie.on(GetMacieSessionCommand).resolves({ status: 'ENABLED' });
}

interface PlacedClient {
  readonly config: {
    readonly region: () => Promise<string>;
    readonly credentials: () => Promise<{ readonly sessionToken?: string }>;
  };
}

/** A service that answers, or throws what it answers, by the account and Region that are asked: `111111111111 us-east-1`. */
export function byPlace(answer: (place: string) => object) {
  return async (_input: unknown, getClient: () => unknown) => {
    const { config } = getClient() as PlacedClient;
    const { sessionToken = '' } = await config.credentials();
    const given = answer(`${sessionToken.replace('session of ', '')} ${await config.region()}`);
    if (given instanceof Error) throw given;
    return given;
  };
}
