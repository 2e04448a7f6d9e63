import type { ListRegionsCommandInput, ListRegionsCommandOutput, RegionOptStatus } from '@aws-sdk/client-account';
import type { DescribeRegionsCommandOutput, GetEbsDefaultKmsKeyIdCommandOutput } from '@aws-sdk/client-ec2';
import { isDefaultRegion, type Regions } from './regions.ts';
import type { StubRequest, Stubs } from './stub.ts';
import { cloudwatchStubs } from './stubs-cloudwatch.ts';
import { ecsStubs } from './stubs-ecs.ts';
import { lambdaStubs } from './stubs-lambda.ts';
import { networkStubs } from './stubs-network.ts';
import { s3Stubs } from './stubs-s3.ts';
import { securityStubs } from './stubs-security.ts';
import { storageStubs } from './stubs-storage.ts';

type Output<T> = Omit<T, '$metadata'>;

/**
 * Answers for operations that moto lacks or answers wrongly, always on and logged with `stubbed: true`.
 * To add one: an entry under its service, typed by the SDK's own output.
 */
export function builtInStubs(regions: Regions): Stubs {
  const { ec2, ...storage } = storageStubs();
  const { ec2: ec2OfNetworks, ...network } = networkStubs();
  return {
    ...storage,
    ...network,
    ...securityStubs(),
    s3: s3Stubs(),
    lambda: lambdaStubs(),
    ecs: ecsStubs(),
    cloudwatch: cloudwatchStubs(),
    ec2: {
      DescribeRegions: ({ input }) => describeRegions(regions, input),
      ...ec2,
      ...ec2OfNetworks,
      GetEbsDefaultKmsKeyId: () => ({ KmsKeyId: 'alias/aws/ebs' }) satisfies Output<GetEbsDefaultKmsKeyIdCommandOutput>,
    },
    account: {
      ListRegions: ({ input }: StubRequest<ListRegionsCommandInput>) => listRegions(regions, input),
    },
  };
}

type DescribeRegionsForm = {
  AllRegions?: string;
  RegionName?: string[];
  Filter?: { Name: string; Value: string[] }[];
};

function describeRegions(regions: Regions, { AllRegions, RegionName, Filter = [] }: DescribeRegionsForm) {
  const off = AllRegions === 'true' ? regions.notOptedIn : [];
  const found = [...regions.enabled, ...off].sort().map((name) => ({
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com`,
    OptInStatus: isDefaultRegion(name) ? 'opt-in-not-required' : off.includes(name) ? 'not-opted-in' : 'opted-in',
  }));
  const wanted = (name: string, value: string) =>
    Filter.filter((filter) => filter.Name === name).every((filter) => filter.Value.includes(value));
  return {
    Regions: found.filter(
      (region) =>
        (RegionName?.includes(region.RegionName) ?? true) &&
        wanted('region-name', region.RegionName) &&
        wanted('opt-in-status', region.OptInStatus),
    ),
  } satisfies Output<DescribeRegionsCommandOutput>;
}

function listRegions(regions: Regions, { RegionOptStatusContains, MaxResults, NextToken }: ListRegionsCommandInput) {
  const all = [...regions.enabled, ...regions.notOptedIn].sort().map((name) => ({
    RegionName: name,
    RegionOptStatus: optStatus(regions, name),
  }));
  const wanted = all.filter(({ RegionOptStatus }) => RegionOptStatusContains?.includes(RegionOptStatus) ?? true);
  const start = Number(NextToken ?? 0);
  const end = start + (MaxResults ?? 50);
  return {
    Regions: wanted.slice(start, end),
    ...(end < wanted.length ? { NextToken: String(end) } : {}),
  } satisfies Output<ListRegionsCommandOutput>;
}

function optStatus(regions: Regions, name: string): RegionOptStatus {
  if (regions.notOptedIn.includes(name)) return 'DISABLED';
  return isDefaultRegion(name) ? 'ENABLED_BY_DEFAULT' : 'ENABLED';
}
