import * as z from 'zod';
import { defineTool, listOf } from './define-tool.ts';
import { fields, paging, tags, targets, time } from './fields.ts';

const onRequest = {
  arn: z.string(),
  createdAt: time,
  endpoint: z.string(),
  vpcId: z.string(),
  subnetIds: z.array(z.string()),
  securityGroupIds: z.array(z.string()),
  authenticationMode: z.string(),
  supportType: z.string(),
  healthIssues: z.array(z.string()),
};

export const describeEksClusters = defineTool({
  name: 'describe_eks_clusters',
  toolset: 'containers',
  description:
    'EKS clusters with Kubernetes version, status, who reaches the API server, control-plane logs, encryption, tags. With cluster_name also its node groups.',
  input: z.strictObject({
    ...targets,
    cluster_name: z
      .string()
      .min(1)
      .max(100)
      // AWS's own rule (EKS API reference, CreateCluster). The name is a part of a path: `..` would lead out of it.
      .refine((name) => /^[A-Za-z0-9][\w-]*$/.test(name), 'is not the name of a cluster')
      .optional()
      .describe('Only this cluster.'),
    ...fields(Object.keys(onRequest)),
    ...paging,
  }),
  output: listOf(
    'cluster',
    'clusters',
    {
      name: z.string(),
      version: z.string(),
      status: z.string(),
      platformVersion: z.string(),
      endpointPublicAccess: z.boolean(),
      endpointPrivateAccess: z.boolean(),
      publicAccessCidrs: z.array(z.string()),
      enabledLogTypes: z.array(z.string()),
      encryptionConfig: z.array(z.strictObject({ resources: z.array(z.string()), keyArn: z.string().optional() })),
      oidcIssuer: z.string(),
      nodegroups: z.array(
        z.strictObject({
          nodegroupName: z.string().optional(),
          status: z.string().optional(),
          version: z.string().optional(),
          releaseVersion: z.string().optional(),
          amiType: z.string().optional(),
          capacityType: z.string().optional(),
          instanceTypes: z.array(z.string()).optional(),
          minSize: z.number().optional(),
          maxSize: z.number().optional(),
          desiredSize: z.number().optional(),
          healthIssues: z.array(z.string()).optional(),
        }),
      ),
      Tags: tags,
    },
    onRequest,
  ),
  iam: ['eks:ListClusters', 'eks:DescribeCluster', 'eks:ListNodegroups', 'eks:DescribeNodegroup'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', cluster_name: 'payments' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      cluster_count: 1,
      clusters: [
        {
          name: 'payments',
          version: '1.33',
          status: 'ACTIVE',
          platformVersion: 'eks.9',
          endpointPublicAccess: false,
          endpointPrivateAccess: true,
          publicAccessCidrs: [],
          enabledLogTypes: ['api', 'audit'],
          encryptionConfig: [
            {
              resources: ['secrets'],
              keyArn: 'arn:aws:kms:us-east-1:111111111111:key/0a1b2c3d-1111-2222-3333-444455556666',
            },
          ],
          oidcIssuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/0A1B2C3D4E5F',
          nodegroups: [
            {
              nodegroupName: 'general',
              status: 'ACTIVE',
              version: '1.33',
              capacityType: 'ON_DEMAND',
              instanceTypes: ['m7g.xlarge'],
              minSize: 1,
              maxSize: 12,
              desiredSize: 3,
              healthIssues: [],
            },
          ],
          Tags: { Environment: 'prod' },
        },
      ],
    },
  },
});
