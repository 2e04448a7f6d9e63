import { Unread } from '../../../../shared/security/control.ts';
import { ebs } from '../../../../shared/security/controls/ebs.ts';
import type { EbsSettings, Snapshot, Volume } from '../../../../shared/security/resources/ebs.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const volume = (more: Partial<Volume> = {}): Volume => ({
  type: 'AWS::EC2::Volume',
  id: 'vol-1',
  Encrypted: true,
  State: 'in-use',
  KeyManager: 'CUSTOMER',
  ...more,
});
const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  type: 'AWS::EC2::Snapshot',
  id: 'snap-1',
  Encrypted: true,
  KeyManager: 'CUSTOMER',
  RestorableByAll: false,
  ...more,
});
const settings = (more: Partial<EbsSettings> = {}): EbsSettings => ({
  type: 'AWS::::Account',
  id: '111111111111',
  EbsEncryptionByDefault: true,
  SnapshotBlockPublicAccess: 'block-all-sharing',
  ...more,
});

testControls(ebs, {
  'EC2.1': {
    passing: snapshot(),
    failing: snapshot({ RestorableByAll: true }),
    undecidable: snapshot({ RestorableByAll: denied }),
  },
  'EC2.182': {
    passing: settings(),
    failing: settings({ SnapshotBlockPublicAccess: 'unblocked' }),
    undecidable: settings({ SnapshotBlockPublicAccess: denied }),
    more: [
      ['blocking only new sharing is not enough', settings({ SnapshotBlockPublicAccess: 'block-new-sharing' }), 'fail'],
    ],
  },
  'EC2.3': {
    passing: volume(),
    failing: volume({ Encrypted: false }),
    undecidable: volume({ Encrypted: undefined }),
    more: [
      ['is not about a volume that is not attached', volume({ State: 'available', Encrypted: false }), 'none'],
      ['takes a state that it does not know as attached', volume({ State: 'error', Encrypted: false }), 'fail'],
    ],
  },
  'EC2.7': {
    passing: settings(),
    failing: settings({ EbsEncryptionByDefault: false }),
    undecidable: settings({ EbsEncryptionByDefault: denied }),
  },
  'OPS.EBS.1': {
    passing: volume({ State: 'available' }),
    failing: volume({ State: 'available', Encrypted: false }),
    undecidable: volume({ State: 'available', Encrypted: undefined }),
    more: [['is not about an attached volume', volume({ Encrypted: false }), 'none']],
  },
  'OPS.EBS.2': {
    passing: snapshot(),
    failing: snapshot({ Encrypted: false }),
    undecidable: snapshot({ Encrypted: undefined }),
  },
  'OPS.EBS.3': {
    passing: volume(),
    failing: volume({ KeyManager: 'AWS' }),
    undecidable: volume({ KeyManager: denied }),
    more: [
      ['leaves a volume in clear to EC2.3', volume({ Encrypted: false, KeyManager: 'NONE' }), 'info'],
      ['judges snapshots too', snapshot({ KeyManager: 'AWS' }), 'info'],
    ],
  },
});
