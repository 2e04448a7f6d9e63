import { checkStorageEncryption } from '../schemas/check-storage-encryption.ts';
import { checkHandler } from '../shared/security/check-handler.ts';
import { ebs } from '../shared/security/controls/ebs.ts';

export const handler = checkHandler(checkStorageEncryption, [ebs], 'include_unencrypted_only');
