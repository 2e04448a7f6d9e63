import {
  CloudFrontClient,
  type DistributionSummary,
  ListDistributionsCommand,
  type Origin,
  type ViewerCertificate,
} from '@aws-sdk/client-cloudfront';
import { allPages } from '../../all-pages.ts';
import type { Resource } from '../control.ts';
import type { Reading } from '../reading.ts';

/** The most that the list gives at once. */
const PAGE_SIZE = 100;

/** CloudFront answers for the whole account in one Region of each partition; GovCloud has none. */
const HOME: Readonly<Record<string, string>> = { aws: 'us-east-1', 'aws-cn': 'cn-northwest-1' };

export interface Distribution extends Resource {
  /** Of the default behaviour and of all others. */
  readonly ViewerProtocolPolicies: readonly (string | undefined)[] | undefined;
  readonly Origins: readonly Origin[] | undefined;
  readonly ViewerCertificate: ViewerCertificate | undefined;
  /** Empty without a web ACL. */
  readonly WebACLId: string | undefined;
}

/** Read once for an account, whichever Regions are asked for: the list holds all that the controls need. */
export async function readDistributions(cell: Reading): Promise<Distribution[]> {
  const home = HOME[cell.call.self.partition];
  if (!cell.isFirstOfAccount || home === undefined) return [];
  const cloudfront = await cell.client(CloudFrontClient, home);
  const distributions = await allPages(async (Marker) => {
    const page = await cloudfront.send(new ListDistributionsCommand({ MaxItems: PAGE_SIZE, Marker }));
    return { items: page.DistributionList?.Items, next: page.DistributionList?.NextMarker };
  });
  return distributions.map(toDistribution);
}

function toDistribution(summary: DistributionSummary): Distribution {
  const { Id = '', ARN, Aliases, Comment, DefaultCacheBehavior, CacheBehaviors } = summary;
  return {
    type: 'AWS::CloudFront::Distribution',
    id: Id,
    name: Aliases?.Items?.[0] || Comment || summary.DomainName,
    arn: ARN,
    ViewerProtocolPolicies: DefaultCacheBehavior && [
      DefaultCacheBehavior.ViewerProtocolPolicy,
      ...(CacheBehaviors?.Items ?? []).map(({ ViewerProtocolPolicy }) => ViewerProtocolPolicy),
    ],
    Origins: summary.Origins?.Items,
    ViewerCertificate: summary.ViewerCertificate,
    WebACLId: summary.WebACLId,
  };
}
