import { controlsOn, fail, pass, securityHub } from '../control.ts';
import { readTables, type Table } from '../resources/dynamodb.ts';
import { checkedService } from '../service.ts';
import { customerKeyControl } from './customer-key.ts';

const table = controlsOn<Table>('dynamodb', 'AWS::DynamoDB::Table');

/** Every table is encrypted, by default with a key of DynamoDB's own: what can go wrong is the key, and the loss of data. */
export const dynamodb = checkedService(
  'dynamodb',
  [{ types: ['AWS::DynamoDB::Table'], read: readTables }],
  [
    table({
      id: 'DynamoDB.2',
      title: 'DynamoDB tables can be restored to a point in time',
      severity: 'MEDIUM',
      fields: ['PointInTimeRecoveryStatus'],
      remediation: 'Turn on point-in-time recovery for the table.',
      url: securityHub('dynamodb', 'DynamoDB.2'),
      judge: ({ PointInTimeRecoveryStatus: status }) =>
        status === 'ENABLED' ? pass('on') : fail('no point-in-time recovery'),
    }),
    table({
      id: 'OPS.DYNAMODB.1',
      title: 'DynamoDB can use the key of each table',
      severity: 'HIGH',
      fields: ['InaccessibleEncryptionDateTime'],
      remediation:
        'Enable the KMS key again, or restore its policy for DynamoDB: after seven days the table is archived.',
      url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html',
      judge: ({ InaccessibleEncryptionDateTime: since }) =>
        since === null ? pass('usable') : fail(`its key cannot be used since ${since.toISOString()}`),
    }),
    customerKeyControl('dynamodb', 'OPS.DYNAMODB.2', 'DynamoDB table', 'AWS::DynamoDB::Table'),
  ],
);
