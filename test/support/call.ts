import type { Tool } from '../../schemas/define-tool.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import type { Call } from '../../shared/call.ts';
import { readConfiguration } from '../../shared/config.ts';
import { Audit } from '../../shared/logger.ts';
import { HOME_ACCOUNT } from './configuration.ts';

/** A call of a tool in the configured environment, for the parts that run inside one. */
export function testCall(changes: Partial<Call> = {}): Call {
  return {
    tool: describeEc2Instances as unknown as Tool,
    requestId: crypto.randomUUID(),
    configuration: readConfiguration(),
    self: { partition: 'aws', region: 'us-east-1', account: HOME_ACCOUNT },
    signal: new AbortController().signal,
    audit: new Audit('test', {}),
    refusals: new Map(),
    ...changes,
  };
}
