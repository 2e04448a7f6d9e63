import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';
import type { TargetInput } from '../targets.ts';

/** The parts of an ARN that say where the resource is. */
export interface ArnPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/**
 * Refuses an ARN of another account or Region than the ones asked for, before anything is called: it would be answered
 * by the wrong one, or not at all. A plain name, which has no place, passes.
 */
export function requireOwnArn(
  field: string,
  arn: ArnPlace | undefined,
  asked: TargetInput,
  { configuration, self }: Call,
): void {
  if (arn === undefined) return;
  const region = asked.region?.trim() ?? configuration.homeRegion;
  if (arn.partition === self.partition && arn.account === asked.account_id?.trim() && arn.region === region) return;
  throw new ToolError(
    'invalid_input',
    `${field}: an ARN needs its own account_id and region beside it, here ${arn.account} and ${arn.region}. For other accounts and Regions give the name.`,
    { field },
  );
}

/** The place of what may be an ARN; undefined for a plain name. */
export function placeOf(nameOrArn: string): ArnPlace | undefined {
  if (!nameOrArn.startsWith('arn:')) return undefined;
  const [, partition = '', , region = '', account = ''] = nameOrArn.split(':');
  return { partition, region, account };
}
