import type { Tool } from '../../../schemas/define-tool.ts';
import type { Estate } from './estate.ts';
import { bucketName } from './storage.ts';

/** A call of the tool that shows something in the demo organization. */
export function demoEvent({ name, input }: Pick<Tool, 'name' | 'input'>, estate: Estate): Record<string, unknown> {
  const id = (account: string) => estate.accounts.find((each) => each.name === account)?.id ?? 'all';
  const special: Record<string, Record<string, unknown>> = {
    list_accounts: { check_access: true },
    switch_account: { account_id: id('payments-prod') },
    get_s3_bucket_info: { account_id: id('payments-prod'), bucket_name: bucketName('payments-prod-invoices') },
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
