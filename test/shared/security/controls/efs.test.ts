import { Unread } from '../../../../shared/security/control.ts';
import { efs } from '../../../../shared/security/controls/efs.ts';
import type { FileSystem } from '../../../../shared/security/resources/efs.ts';
import { testControls } from '../../../support/control-cases.ts';

const fileSystem = (more: Partial<FileSystem> = {}): FileSystem => ({
  type: 'AWS::EFS::FileSystem',
  id: 'fs-1',
  Encrypted: true,
  KeyManager: 'CUSTOMER',
  ...more,
});

testControls(efs, {
  'EFS.1': {
    passing: fileSystem(),
    failing: fileSystem({ Encrypted: false }),
    undecidable: fileSystem({ Encrypted: undefined }),
  },
  'OPS.EFS.1': {
    passing: fileSystem(),
    failing: fileSystem({ KeyManager: 'AWS' }),
    undecidable: fileSystem({ KeyManager: new Unread('access_denied') }),
  },
});
