import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { allPages } from '../../all-pages.ts';
import { type Part, type Resource, Unread } from '../control.ts';
import { type KeyManager, keyManager } from '../kms.ts';
import { eachOf, type Reading } from '../reading.ts';

export interface Table extends Resource {
  readonly KeyManager: Part<KeyManager>;
  /** Since when DynamoDB cannot use the table's key; null while it can. */
  readonly InaccessibleEncryptionDateTime: Part<Date | null>;
  readonly PointInTimeRecoveryStatus: Part<string | undefined>;
}

export async function readTables(cell: Reading): Promise<Table[]> {
  const dynamodb = await cell.client(DynamoDBClient);
  const names = await allPages(async (ExclusiveStartTableName) => {
    const page = await dynamodb.send(new ListTablesCommand({ ExclusiveStartTableName }));
    return { items: page.TableNames, next: page.LastEvaluatedTableName };
  });
  return eachOf(names, async (TableName) => {
    const [table, PointInTimeRecoveryStatus] = await Promise.all([
      cell.part(async () => (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table),
      cell.part(async () => {
        const found = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
        return found.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
      }),
    ]);
    return {
      type: 'AWS::DynamoDB::Table',
      id: TableName,
      arn: cell.arn('dynamodb', `table/${TableName}`),
      ...(await encryptionOf(cell, table)),
      PointInTimeRecoveryStatus,
    };
  });
}

/** A table without SSEDescription is encrypted with a key that DynamoDB owns. */
async function encryptionOf(cell: Reading, table: Part<TableDescription | undefined>) {
  if (table instanceof Unread) return { KeyManager: table, InaccessibleEncryptionDateTime: table };
  const { KMSMasterKeyArn, InaccessibleEncryptionDateTime = null } = table?.SSEDescription ?? {};
  return { KeyManager: await keyManager(cell, true, KMSMasterKeyArn), InaccessibleEncryptionDateTime };
}
