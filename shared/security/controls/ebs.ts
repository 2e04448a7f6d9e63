import { controlsOn, fail, pass, securityHub } from '../control.ts';
import {
  type EbsSettings,
  readEbsSettings,
  readSnapshots,
  readVolumes,
  type Snapshot,
  type Volume,
} from '../resources/ebs.ts';
import { checkedService } from '../service.ts';
import { customerKeyControl } from './customer-key.ts';

const volume = controlsOn<Volume>('ebs', 'AWS::EC2::Volume');
const snapshot = controlsOn<Snapshot>('ebs', 'AWS::EC2::Snapshot');
const settings = controlsOn<EbsSettings>('ebs', 'AWS::::Account');

const ENCRYPT_A_COPY = 'Copy the snapshot with encryption, make a volume from the copy and swap it in.';

export const ebs = checkedService(
  'ebs',
  [
    { types: ['AWS::EC2::Volume'], read: readVolumes },
    { types: ['AWS::EC2::Snapshot'], read: readSnapshots },
    { types: ['AWS::::Account'], read: readEbsSettings },
  ],
  [
    snapshot({
      id: 'EC2.1',
      title: 'EBS snapshots cannot be restored by everyone',
      severity: 'CRITICAL',
      fields: ['RestorableByAll'],
      remediation: 'Remove the permission for all from the snapshot, and block public access to snapshots.',
      url: securityHub('ec2', 'EC2.1'),
      judge: ({ RestorableByAll }) => (RestorableByAll ? fail('everyone may restore it') : pass('not public')),
    }),
    settings({
      id: 'EC2.182',
      title: 'Public access to EBS snapshots is blocked in the Region',
      severity: 'HIGH',
      fields: ['SnapshotBlockPublicAccess'],
      remediation: 'Set block public access for snapshots to block-all-sharing.',
      url: securityHub('ec2', 'EC2.182'),
      judge: ({ SnapshotBlockPublicAccess: state }) => (state === 'block-all-sharing' ? pass(state) : fail(state)),
    }),
    volume({
      id: 'EC2.3',
      title: 'Attached EBS volumes are encrypted',
      severity: 'MEDIUM',
      when: ({ State }) => State !== 'available',
      fields: ['State', 'Encrypted'],
      remediation: ENCRYPT_A_COPY,
      url: securityHub('ec2', 'EC2.3'),
      judge: ({ Encrypted }) => (Encrypted ? pass('encrypted') : fail('attached and not encrypted')),
    }),
    settings({
      id: 'EC2.7',
      title: 'EBS encryption by default is on in the Region',
      severity: 'MEDIUM',
      fields: ['EbsEncryptionByDefault'],
      remediation: 'Turn on EBS encryption by default; it holds for new volumes only.',
      url: securityHub('ec2', 'EC2.7'),
      judge: ({ EbsEncryptionByDefault: on }) => (on ? pass('on') : fail('encryption by default is off')),
    }),
    // Security Hub's EC2.3 leaves out what is not attached; the data is there all the same.
    volume({
      id: 'OPS.EBS.1',
      title: 'EBS volumes that are not attached are encrypted',
      severity: 'MEDIUM',
      when: ({ State }) => State === 'available',
      fields: ['Encrypted'],
      remediation: `Delete the volume if nobody needs it. ${ENCRYPT_A_COPY}`,
      url: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html',
      judge: ({ Encrypted }) => (Encrypted ? pass('encrypted') : fail('not attached and not encrypted')),
    }),
    snapshot({
      id: 'OPS.EBS.2',
      title: 'EBS snapshots are encrypted',
      severity: 'MEDIUM',
      fields: ['Encrypted'],
      remediation: 'Copy the snapshot with encryption and delete the original.',
      url: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html',
      judge: ({ Encrypted }) => (Encrypted ? pass('encrypted') : fail('not encrypted')),
    }),
    customerKeyControl('ebs', 'OPS.EBS.3', 'EBS storage', 'AWS::EC2::Volume', 'AWS::EC2::Snapshot'),
  ],
);
