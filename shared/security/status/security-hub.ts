import { DescribeHubCommand, GetEnabledStandardsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { allPages } from '../../all-pages.ts';
import type { StatusProbe } from './status.ts';

/** The API's maximum. */
const PAGE = 100;

export const securityHubStatus: StatusProbe = {
  service: 'securityhub',
  scope: 'cell',
  setupUrl: 'https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html',
  ask: async (cell) => {
    const hub = await cell.client(SecurityHubClient);
    const [, subscriptions] = await Promise.all([
      hub.send(new DescribeHubCommand({})),
      allPages(async (NextToken) => {
        const page = await hub.send(new GetEnabledStandardsCommand({ MaxResults: PAGE, NextToken }));
        return { items: page.StandardsSubscriptions, next: page.NextToken };
      }),
    ]);
    const standards = subscriptions.map(({ StandardsArn = '', StandardsStatus }) => {
      // arn:aws:securityhub:<Region>::standards/<name>/v/<version>, and for the oldest :::ruleset/<name>/v/<version>
      const [, name, , version] = StandardsArn.split('/');
      return { name, version, status: StandardsStatus };
    });
    const few = standards.length === 1 ? '1 standard' : `${standards.length} standards`;
    return { status: 'ENABLED', message: `AWS Security Hub is enabled with ${few}.`, standards };
  },
};
