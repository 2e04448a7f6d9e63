import { DescribeNodegroupCommand, EKSClient, ListNodegroupsCommand } from '@aws-sdk/client-eks';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeNodegroups, unlessDeleted } from '../../../shared/aws/eks.ts';

const eks = mockClient(EKSClient);
const client = new EKSClient({ region: 'us-east-1' });
const notFound = Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });

describe('what a list named', () => {
  it('is left out where it was deleted since, and nothing else is', async () => {
    expect(await unlessDeleted(Promise.resolve(7))).toBe(7);
    expect(await unlessDeleted(Promise.reject(notFound))).toBeUndefined();
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    await expect(unlessDeleted(Promise.reject(denied))).rejects.toBe(denied);
    const odd = { name: 'ResourceNotFoundException' };
    await expect(unlessDeleted(Promise.reject(odd))).rejects.toBe(odd);
  });
});

describe('the node groups of a cluster', () => {
  beforeEach(() => void eks.reset());

  it('are described, each of every page, but for those deleted meanwhile', async () => {
    eks
      .on(ListNodegroupsCommand)
      .callsFake(async ({ nextToken }) =>
        nextToken === undefined ? { nodegroups: ['a', 'gone'], nextToken: '2' } : { nodegroups: ['b', 'unsaid'] },
      );
    eks.on(DescribeNodegroupCommand).callsFake(async ({ nodegroupName }) => {
      if (nodegroupName === 'gone') throw notFound;
      if (nodegroupName === 'unsaid') return {};
      const health = { issues: [{ code: 'AccessDenied' }, {}] };
      return { nodegroup: { nodegroupName, scalingConfig: { minSize: 1, desiredSize: 2 }, health } };
    });
    expect(await describeNodegroups(client, 'web')).toEqual([
      expect.objectContaining({ nodegroupName: 'a', minSize: 1, desiredSize: 2, healthIssues: ['AccessDenied'] }),
      expect.objectContaining({ nodegroupName: 'b' }),
    ]);
    expect(eks.commandCalls(ListNodegroupsCommand).map(({ args }) => args[0].input)).toEqual([
      { clusterName: 'web', nextToken: undefined, maxResults: 100 },
      { clusterName: 'web', nextToken: '2', maxResults: 100 },
    ]);
    expect(eks.commandCalls(DescribeNodegroupCommand)[0]?.args[0].input).toEqual({
      clusterName: 'web',
      nodegroupName: 'a',
    });
  });

  it('say nothing of their health where AWS says nothing', async () => {
    eks.on(ListNodegroupsCommand).resolves({ nodegroups: ['a', 'b'] });
    eks
      .on(DescribeNodegroupCommand)
      .resolvesOnce({ nodegroup: { nodegroupName: 'a' } })
      .resolvesOnce({ nodegroup: { nodegroupName: 'b', health: {} } });
    const groups = await describeNodegroups(client, 'web');
    expect(groups.map(({ healthIssues }) => healthIssues)).toEqual([undefined, undefined]);
  });
});
