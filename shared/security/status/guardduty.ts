import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { notEnabled } from '../not-enabled.ts';
import type { Reading } from '../reading.ts';
import type { StatusProbe } from './status.ts';

/** The detector of an account and Region: there is at most one. */
export function detectorOf(cell: Reading): Promise<string> {
  return cell.once('guardduty detector', async () => {
    const guardduty = await cell.client(GuardDutyClient);
    const { DetectorIds: [detector] = [] } = await guardduty.send(new ListDetectorsCommand({}));
    if (detector === undefined) throw notEnabled('guardduty');
    return detector;
  });
}

export const guarddutyStatus: StatusProbe = {
  service: 'guardduty',
  scope: 'cell',
  setupUrl: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html',
  ask: async (cell) => {
    const id = await detectorOf(cell);
    const guardduty = await cell.client(GuardDutyClient);
    const detector = await guardduty.send(new GetDetectorCommand({ DetectorId: id }));
    const { Status, FindingPublishingFrequency, Features = [] } = detector;
    const features = Features.flatMap(({ Name, Status }) => (Name && Status ? [[Name, Status] as const] : []));
    const detector_details = {
      id,
      status: Status,
      finding_publishing_frequency: FindingPublishingFrequency,
      features: Object.fromEntries(features),
    };
    // A detector whose Status is DISABLED exists, keeps its findings and watches nothing.
    return Status === 'ENABLED'
      ? { status: 'ENABLED', message: 'Amazon GuardDuty is enabled and active.', detector_details }
      : {
          status: 'SUSPENDED',
          message: 'Amazon GuardDuty is set up and suspended: it finds nothing new.',
          detector_details,
        };
  },
};
