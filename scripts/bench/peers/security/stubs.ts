import {
  CloudFrontClient,
  GetDistributionCommand,
  type GetDistributionCommandOutput,
} from '@aws-sdk/client-cloudfront';
import type { Stub, StubRequest } from '../../../local/simulator/stub.ts';
import { listDistributions } from '../../../local/simulator/stubs-network.ts';
import type { PeerWorld } from '../types.ts';

/** What the peers ask of AWS and neither moto nor the simulator's own stubs know: answered as AWS would. Gives the remover. */
export function addPeerStubs({ demo, latencyMs }: PeerWorld): () => void {
  const stubs: [service: string, operation: string, stub: Stub][] = [
    // Nobody made a view: the security server then lists the resources by the services' own APIs.
    ['resource-explorer-2', 'ListViews', () => ({ Views: [] })],
    // No API of the estate has a domain name.
    ['apigateway', 'GetBasePathMappings', () => ({ items: [] })],
    // The estate's routes ask for IAM, which needs no authorizer.
    ['apigatewayv2', 'GetAuthorizers', () => ({ Items: [] })],
    ['cloudfront', 'GetDistribution', getDistribution],
    ['cloudfront', 'GetDistributionConfig', getDistributionConfig],
  ];
  const removers = stubs.map(([service, operation, stub]) =>
    // A rule with an effect ends the search, so each has to bring the latency itself.
    demo.proxy.rules.add({ match: { service, operation }, latencyMs, stub }),
  );
  return () => {
    for (const remove of removers) remove();
  };
}

async function getDistributionConfig(request: StubRequest<{ Id: string }>) {
  const { Distribution, ETag } = await getDistribution(request);
  return { DistributionConfig: Distribution?.DistributionConfig, ETag };
}

// moto forgets the access control of origins; the simulator's list gives it.
async function getDistribution(request: StubRequest<{ Id: string }>): Promise<GetDistributionCommandOutput> {
  const { Id } = request.input;
  const answer = await new CloudFrontClient(request.moto).send(new GetDistributionCommand({ Id }));
  const { DistributionList } = await listDistributions(request);
  const Origins = DistributionList.Items.find((each) => each.Id === Id)?.Origins;
  const config = answer.Distribution?.DistributionConfig;
  if (config !== undefined && Origins !== undefined) config.Origins = Origins;
  return answer;
}
