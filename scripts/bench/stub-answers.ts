import { createHash } from 'node:crypto';

/** One region of one account, as read from the credential scope of a signed request. */
export interface SignedCell {
  readonly account: string;
  readonly region: string;
}

/** Whose request this is: the stub's access keys carry the account, and every signature carries the Region. */
export function signedCell(authorization: string | undefined): SignedCell {
  const [, account, region] = /Credential=ASIA([0-9]{12})[^/]*\/[0-9]+\/([^/]+)\//.exec(authorization ?? '') ?? [];
  return { account: account ?? 'own', region: region ?? 'none' };
}

/** STS's answer for the role and session name that were asked for, with credentials of an hour. */
export function assumeRoleXml(form: URLSearchParams): string {
  const [, account = '', role = ''] = /^arn:aws:iam::([0-9]{12}):role\/(.+)$/.exec(form.get('RoleArn') ?? '') ?? [];
  const session = form.get('RoleSessionName') ?? '';
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return [
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>',
    `<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:${session}</AssumedRoleId>`,
    `<Arn>arn:aws:sts::${account}:assumed-role/${role}/${session}</Arn></AssumedRoleUser>`,
    `<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>${'s'.repeat(40)}</SecretAccessKey>`,
    `<SessionToken>${'t'.repeat(600)}</SessionToken><Expiration>${expiration}</Expiration></Credentials>`,
    '</AssumeRoleResult><ResponseMetadata><RequestId>bench</RequestId></ResponseMetadata></AssumeRoleResponse>',
  ].join('');
}

/** One page of a cell's instances. `NextToken` is the number of the page's first instance. */
export function describeInstancesXml(
  form: URLSearchParams,
  cell: SignedCell,
  { instances, pageSize }: { instances: number; pageSize: number },
): string {
  const first = Number(form.get('NextToken') ?? 0);
  const end = Math.min(instances, first + Math.min(pageSize, Number(form.get('MaxResults') ?? pageSize)));
  const key = createHash('sha256').update(`${cell.account} ${cell.region}`).digest('hex').slice(0, 8);
  let items = '';
  for (let index = first; index < end; index++)
    items += instanceXml(`${key}${index.toString(16).padStart(9, '0')}`, index);
  const next = end < instances ? `<nextToken>${end}</nextToken>` : '';
  return `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>bench</requestId><reservationSet>${items}</reservationSet>${next}</DescribeInstancesResponse>`;
}

/** The same fields and about the 3.4 KB that EC2 gives of a running instance with one interface, one volume, four tags. */
function instanceXml(id: string, index: number): string {
  const ip = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const name = `ip-${ip.replaceAll('.', '-')}.ec2.internal`;
  const launched = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
  const tag = (key: string, value: string) => `<item><key>${key}</key><value>${value}</value></item>`;
  const group = `<groupSet><item><groupId>sg-${id}</groupId><groupName>service</groupName></item></groupSet>`;
  const address = `<privateDnsName>${name}</privateDnsName><privateIpAddress>${ip}</privateIpAddress>`;
  const interfaces = `<networkInterfaceSet><item><attachment><attachTime>${launched}</attachTime><attachmentId>eni-attach-${id}</attachmentId><deleteOnTermination>true</deleteOnTermination><deviceIndex>0</deviceIndex><status>attached</status><networkCardIndex>0</networkCardIndex></attachment><description>Primary network interface</description>${group}<ipv6AddressesSet/><macAddress>02:00:00:72:dd:17</macAddress><networkInterfaceId>eni-${id}</networkInterfaceId><ownerId>111111111111</ownerId>${address}<privateIpAddressesSet><item><primary>true</primary>${address}</item></privateIpAddressesSet><sourceDestCheck>true</sourceDestCheck><status>in-use</status><subnetId>subnet-0a1b2c3d4e5f60718</subnetId><vpcId>vpc-0a1b2c3d4e5f60718</vpcId><interfaceType>interface</interfaceType><operator><managed>false</managed></operator></item></networkInterfaceSet>`;
  const volume = `<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><attachTime>${launched}</attachTime><deleteOnTermination>true</deleteOnTermination><status>attached</status><volumeId>vol-${id}</volumeId></ebs></item></blockDeviceMapping>`;
  const metadata =
    '<metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint><httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions>';
  const options =
    '<hibernationOptions><configured>false</configured></hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions><maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions><privateDnsNameOptions><hostnameType>ip-name</hostnameType><enableResourceNameDnsARecord>false</enableResourceNameDnsARecord><enableResourceNameDnsAAAARecord>false</enableResourceNameDnsAAAARecord></privateDnsNameOptions><cpuOptions><coreCount>2</coreCount><threadsPerCore>1</threadsPerCore></cpuOptions>';
  const tags = [
    tag('Name', `api-${index}`),
    tag('Environment', 'prod'),
    tag('Team', 'payments'),
    tag('CostCenter', '4711'),
  ];
  return `<item><reservationId>r-${id}</reservationId><ownerId>111111111111</ownerId><groupSet/><instancesSet><item><instanceId>i-${id}</instanceId><imageId>ami-0a1b2c3d4e5f60718</imageId><instanceState><code>16</code><name>running</name></instanceState><privateDnsName>${name}</privateDnsName><dnsName/><reason/><keyName>operations</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>m7g.large</instanceType><launchTime>${launched}</launchTime><placement><availabilityZone>us-east-1a</availabilityZone><groupName/><tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring><subnetId>subnet-0a1b2c3d4e5f60718</subnetId><vpcId>vpc-0a1b2c3d4e5f60718</vpcId><privateIpAddress>${ip}</privateIpAddress><sourceDestCheck>true</sourceDestCheck>${group}<architecture>arm64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>${volume}<virtualizationType>hvm</virtualizationType><clientToken>${id}</clientToken><tagSet>${tags.join('')}</tagSet><hypervisor>nitro</hypervisor>${interfaces}<iamInstanceProfile><arn>arn:aws:iam::111111111111:instance-profile/service</arn><id>AIPAEXAMPLE</id></iamInstanceProfile><ebsOptimized>true</ebsOptimized>${options}${metadata}<currentInstanceBootMode>uefi</currentInstanceBootMode><platformDetails>Linux/UNIX</platformDetails><usageOperation>RunInstances</usageOperation></item></instancesSet></item>`;
}
