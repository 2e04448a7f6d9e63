import { Unread } from '../../../../shared/security/control.ts';
import { dynamodb } from '../../../../shared/security/controls/dynamodb.ts';
import type { Table } from '../../../../shared/security/resources/dynamodb.ts';
import { testControls } from '../../../support/control-cases.ts';

const denied = new Unread('access_denied');

const table = (more: Partial<Table> = {}): Table => ({
  type: 'AWS::DynamoDB::Table',
  id: 'carts',
  KeyManager: 'CUSTOMER',
  InaccessibleEncryptionDateTime: null,
  PointInTimeRecoveryStatus: 'ENABLED',
  ...more,
});

testControls(dynamodb, {
  'DynamoDB.2': {
    passing: table(),
    failing: table({ PointInTimeRecoveryStatus: 'DISABLED' }),
    undecidable: table({ PointInTimeRecoveryStatus: denied }),
  },
  'OPS.DYNAMODB.1': {
    passing: table(),
    failing: table({ InaccessibleEncryptionDateTime: new Date('2026-11-01T00:00:00Z') }),
    undecidable: table({ InaccessibleEncryptionDateTime: denied }),
  },
  'OPS.DYNAMODB.2': {
    passing: table(),
    failing: table({ KeyManager: 'AWS_OWNED' }),
    undecidable: table({ KeyManager: denied }),
  },
});
