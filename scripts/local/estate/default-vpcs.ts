import {
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { type AccountName, REGIONS } from './organization.ts';
import type { Seeder } from './seeder.ts';

/** Elsewhere the default VPCs of each Region are still there, as in most organizations. */
const WITHOUT_DEFAULT_VPC: AccountName = 'payments-prod';

/** Removes the default VPCs where the landing zone is strict, so that the network checks have a clean account. */
export async function removeDefaultVpcs(seeder: Seeder): Promise<void> {
  for (const region of REGIONS) {
    const ec2 = seeder.in(WITHOUT_DEFAULT_VPC, region).client(EC2Client);
    const { Vpcs = [] } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
    );
    for (const { VpcId } of Vpcs) {
      const { Subnets = [] } = await ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId ?? ''] }] }),
      );
      for (const { SubnetId } of Subnets) await ec2.send(new DeleteSubnetCommand({ SubnetId }));
      await ec2.send(new DeleteVpcCommand({ VpcId }));
    }
  }
}
