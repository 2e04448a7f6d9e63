/**
 * What one page of EC2's describe calls asks for: 5 to 1,000 results, and no number beside resource IDs (EC2 API
 * Reference, DescribeSecurityGroups and "Query requests: pagination").
 */
export function pageOf(ids: readonly string[] | undefined, token: string | undefined, size: number) {
  return ids === undefined ? { MaxResults: Math.min(Math.max(size, 5), 1_000), NextToken: token } : {};
}

interface Association {
  CidrBlock?: string | undefined;
  CidrBlockState?: { State?: string | undefined } | undefined;
  Ipv6CidrBlock?: string | undefined;
  Ipv6CidrBlockState?: { State?: string | undefined } | undefined;
}

/** The ranges that are in use: AWS goes on listing those taken away. Absent when there are none, as for most VPCs. */
export function ipRanges(associations: readonly Association[] = []): string[] | undefined {
  const ranges = associations
    .filter(({ CidrBlockState, Ipv6CidrBlockState }) => {
      const state = (CidrBlockState ?? Ipv6CidrBlockState)?.State ?? 'associated';
      return state === 'associated';
    })
    .flatMap(({ CidrBlock, Ipv6CidrBlock }) => CidrBlock ?? Ipv6CidrBlock ?? []);
  return ranges.length === 0 ? undefined : ranges;
}

interface Permission {
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  IpRanges?: readonly { CidrIp?: string | undefined; Description?: string | undefined }[] | undefined;
  Ipv6Ranges?: readonly { CidrIpv6?: string | undefined; Description?: string | undefined }[] | undefined;
  UserIdGroupPairs?:
    | readonly { GroupId?: string | undefined; UserId?: string | undefined; Description?: string | undefined }[]
    | undefined;
  PrefixListIds?: readonly { PrefixListId?: string | undefined; Description?: string | undefined }[] | undefined;
}

/** A rule of a security group for one source, or one destination of an egress rule. */
export interface RuleRow {
  Protocol: string;
  Ports: string;
  Source: string;
  Description?: string | undefined;
}

/** AWS's permissions as rows, one for each source. A group of another account than `owner` is written account/group. */
export function ruleRows(permissions: readonly Permission[] = [], owner?: string): RuleRow[] {
  return permissions.flatMap((permission) => {
    const { IpProtocol = 'unknown', IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] } = permission;
    const sources = [
      ...IpRanges.map(({ CidrIp, Description }) => [CidrIp, Description]),
      ...Ipv6Ranges.map(({ CidrIpv6, Description }) => [CidrIpv6, Description]),
      ...UserIdGroupPairs.map(({ GroupId, UserId = owner, Description }) => [
        UserId === owner ? GroupId : `${UserId}/${GroupId}`,
        Description,
      ]),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => [PrefixListId, Description]),
    ];
    const Protocol = IpProtocol === '-1' ? 'all' : IpProtocol;
    const Ports = ports(permission);
    return sources.map(([Source = 'unknown', Description]) => ({ Protocol, Ports, Source, Description }));
  });
}

/** For ICMP, AWS writes the type and the code where other protocols have the first and the last port. */
function ports({ IpProtocol = '', FromPort = -1, ToPort = -1 }: Permission): string {
  if (IpProtocol === '-1' || FromPort === -1 || (FromPort === 0 && ToPort === 65_535)) return 'all';
  if (/^(icmp|icmpv6|1|58)$/.test(IpProtocol)) return `type ${FromPort}${ToPort === -1 ? '' : ` code ${ToPort}`}`;
  return ToPort === -1 || ToPort === FromPort ? String(FromPort) : `${FromPort}-${ToPort}`;
}

/** Whether a row lets in the whole Internet. */
export function isOpenToInternet({ Source }: RuleRow): boolean {
  return Source === '0.0.0.0/0' || Source === '::/0';
}
