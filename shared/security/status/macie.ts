import { GetMacieSessionCommand, Macie2Client } from '@aws-sdk/client-macie2';
import type { StatusProbe } from './status.ts';

export const macieStatus: StatusProbe = {
  service: 'macie',
  scope: 'cell',
  setupUrl: 'https://docs.aws.amazon.com/macie/latest/user/getting-started.html',
  ask: async (cell) => {
    const macie = await cell.client(Macie2Client);
    const session = await macie.send(new GetMacieSessionCommand({}));
    const details = {
      session_status: session.status,
      created_at: session.createdAt?.toISOString(),
      service_role: session.serviceRole,
      finding_publishing_frequency: session.findingPublishingFrequency,
    };
    return session.status === 'ENABLED'
      ? { status: 'ENABLED', message: 'Amazon Macie is enabled.', ...details }
      : { status: 'SUSPENDED', message: 'Amazon Macie is set up and paused: it finds nothing new.', ...details };
  },
};
