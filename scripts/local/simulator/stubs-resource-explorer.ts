import { DescribeInstancesCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import type {
  GetDefaultViewCommandOutput,
  GetViewCommandInput,
  GetViewCommandOutput,
  ListIndexesCommandOutput,
  ListResourcesCommandInput,
  ListResourcesCommandOutput,
  Resource,
} from '@aws-sdk/client-resource-explorer-2';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { accountOf, type Caller, demoPlace, pageOf } from './demo-place.ts';
import type { Stub, StubRequest } from './stub.ts';
import { AwsError } from './wire.ts';

type Output<T> = Omit<T, '$metadata'>;

const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1'];
/** Nobody switched it on there. */
const WITHOUT_INDEX = ['payments-dev', ''];
/** The aggregator of each account: its view gives the resources of all Regions. */
const AGGREGATOR_REGION = 'us-east-1';
/** Nobody chose a default view there. */
const WITHOUT_VIEW = 'log-archive eu-west-1';
/** The default view there leaves resources out. */
const FILTERED = 'security-tooling us-east-1';

/** moto has no Resource Explorer; what there is to explore it does have. */
export function resourceExplorerStubs(): Record<string, Stub> {
  return {
    ListIndexes: listIndexes,
    GetDefaultView: getDefaultView,
    GetView: getView,
    ListResources: listResources,
  };
}

async function listIndexes(request: Caller) {
  const account = accountOf(await demoPlace(request));
  return {
    Indexes: (WITHOUT_INDEX.includes(account) ? [] : REGIONS).map((Region) => ({
      Region,
      Arn: `arn:aws:resource-explorer-2:${Region}:${request.account}:index/1`,
      Type: Region === AGGREGATOR_REGION ? 'AGGREGATOR' : 'LOCAL',
    })),
  } satisfies Output<ListIndexesCommandOutput>;
}

async function getDefaultView(request: Caller) {
  const place = await demoPlace(request);
  return (place === WITHOUT_VIEW ? {} : { ViewArn: viewArn(request) }) satisfies Output<GetDefaultViewCommandOutput>;
}

async function getView(request: StubRequest<GetViewCommandInput>) {
  const isFiltered = (await demoPlace(request)) === FILTERED;
  return {
    View: {
      ViewArn: request.input.ViewArn,
      Filters: { FilterString: isFiltered ? '-resourcetype:ec2:volume' : '' },
    },
  } satisfies Output<GetViewCommandOutput>;
}

function viewArn({ account, region }: Caller): string {
  return `arn:aws:resource-explorer-2:${region}:${account}:view/all/1`;
}

async function listResources(request: StubRequest<ListResourcesCommandInput>) {
  const { ViewArn, Filters, MaxResults = 100, NextToken } = request.input;
  if (ViewArn !== viewArn(request)) throw new AwsError('UnauthorizedException', 'Unauthorized', 401);
  const region = /region:(\S+)/.exec(Filters?.FilterString ?? '')?.[1];
  const indexed = request.region === AGGREGATOR_REGION ? REGIONS : [request.region];
  const all: Resource[] = [];
  for (const each of indexed) all.push(...(await resourcesOf(request, each)));
  const hidden = (await demoPlace(request)) === FILTERED ? 'ec2:volume' : '';
  const found = all.filter((each) => (region ?? each.Region) === each.Region && each.ResourceType !== hidden);
  const { items, next } = pageOf(found, NextToken, MaxResults);
  return {
    Resources: items,
    ViewArn,
    ...(next === undefined ? {} : { NextToken: next }),
  } satisfies Output<ListResourcesCommandOutput>;
}

async function resourcesOf({ account, moto }: Caller, region: string): Promise<Resource[]> {
  const at = { ...moto, region };
  const [ec2, rds] = [new EC2Client(at), new RDSClient(at)];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  const { Functions = [] } = await new LambdaClient(at).send(new ListFunctionsCommand({}));
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  const s3 = new S3Client({ ...at, forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({ BucketRegion: region }));
  const row = (type: string, Arn: string): Resource => ({
    ...{ Arn, Region: region, OwningAccountId: account, ResourceType: type, Service: type.split(':')[0] ?? '' },
  });
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  return [
    ...instances.map((each) => row('ec2:instance', `arn:aws:ec2:${region}:${account}:instance/${each.InstanceId}`)),
    ...Volumes.map((each) => row('ec2:volume', `arn:aws:ec2:${region}:${account}:volume/${each.VolumeId}`)),
    ...Functions.map((each) => row('lambda:function', each.FunctionArn ?? '')),
    ...DBInstances.map((each) => row('rds:db', each.DBInstanceArn ?? '')),
    ...Buckets.map((each) => row('s3:bucket', `arn:aws:s3:::${each.Name}`)),
  ];
}
