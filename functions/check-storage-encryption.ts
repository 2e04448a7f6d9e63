import { checkStorageEncryption } from '../schemas/check-storage-encryption.ts';
import { checkHandler } from '../shared/security/check-handler.ts';
import { dynamodb } from '../shared/security/controls/dynamodb.ts';
import { ebs } from '../shared/security/controls/ebs.ts';
import { efs } from '../shared/security/controls/efs.ts';
import { elasticache } from '../shared/security/controls/elasticache.ts';
import { rds } from '../shared/security/controls/rds.ts';
import { s3 } from '../shared/security/controls/s3.ts';

/** In the order of the declaration's services. */
const services = [s3, ebs, rds, dynamodb, efs, elasticache];

export const handler = checkHandler(checkStorageEncryption, services, 'include_unencrypted_only');
