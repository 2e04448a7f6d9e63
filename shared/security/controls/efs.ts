import { controlsOn, fail, pass, securityHub } from '../control.ts';
import { type FileSystem, readFileSystems } from '../resources/efs.ts';
import { checkedService } from '../service.ts';
import { customerKeyControl } from './customer-key.ts';

const fileSystem = controlsOn<FileSystem>('efs', 'AWS::EFS::FileSystem');

export const efs = checkedService(
  'efs',
  [{ types: ['AWS::EFS::FileSystem'], read: readFileSystems }],
  [
    // EFS.8 is the same condition, found by another Config rule.
    fileSystem({
      id: 'EFS.1',
      title: 'EFS file systems are encrypted at rest',
      severity: 'MEDIUM',
      fields: ['Encrypted'],
      remediation: 'Create an encrypted file system and copy the data: encryption cannot be turned on later.',
      url: securityHub('efs', 'EFS.1'),
      judge: ({ Encrypted }) => (Encrypted ? pass('encrypted') : fail('not encrypted')),
    }),
    customerKeyControl('efs', 'OPS.EFS.1', 'EFS file system', 'AWS::EFS::FileSystem'),
  ],
);
