import { runtimeConfiguration } from '../../schemas/configuration.ts';
import { toEnvironment } from '../../shared/config.ts';

/** The organization of the benchmark: as many accounts as are asked for, four Regions. */
export const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1'];

/** Account IDs of the benchmark. The first is that of the documented examples. */
export function accountIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(111_111_111_111 + index));
}

/** What a function finds in its environment; nothing of the caller's own environment but the path. */
export function functionEnvironment(endpoint: string, accounts: readonly string[]): Record<string, string> {
  const configuration = runtimeConfiguration.parse({ regions, accounts });
  return {
    ...toEnvironment(configuration, 'benchmark-secret-of-32-characters'),
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    AWS_SESSION_TOKEN: 'benchmark',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
