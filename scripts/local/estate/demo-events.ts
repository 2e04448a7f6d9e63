import type { Tool } from '../../../schemas/define-tool.ts';
import type { Estate } from './estate.ts';
import { bucketName } from './storage.ts';

/** A call of the tool that shows something in the demo organization. */
export function demoEvent({ name, input }: Pick<Tool, 'name' | 'input'>, estate: Estate): Record<string, unknown> {
  const id = (account: string) => estate.accounts.find((each) => each.name === account)?.id ?? 'all';
  const production = { account_id: id('payments-prod'), region: 'us-east-1' };
  const special: Record<string, Record<string, unknown>> = {
    list_accounts: { check_access: true },
    switch_account: production,
    get_s3_bucket_info: { account_id: 'all', bucket_name: bucketName('clicks-public-samples') },
    get_lambda_function: { ...production, function_name: 'checkout-authorize' },
    list_ecs_services: { ...production, cluster: 'checkout' },
    get_cloudwatch_metrics: {
      ...production,
      namespace: 'AWS/RDS',
      metric_name: 'FreeStorageSpace',
      dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'ledger-primary' }],
      statistic: 'Minimum',
      start_time: '-12h',
    },
    GetSecurityFindings: { service: 'guardduty', account_id: 'all', region: 'all' },
    aggregate_results: {
      tool: 'describe_ec2_instances',
      account_id: 'all',
      region: 'all',
      group_by: ['State', 'InstanceType'],
    },
  };
  const everywhere = {
    ...(Object.hasOwn(input.shape, 'account_id') ? { account_id: 'all' } : {}),
    ...(Object.hasOwn(input.shape, 'region') ? { region: 'all' } : {}),
  };
  return special[name] ?? everywhere;
}
