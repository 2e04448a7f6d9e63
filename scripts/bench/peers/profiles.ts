import type { PeerWorld } from './types.ts';

/** A file of credentials with a profile for each account, named by its number. */
export async function profilesOf(world: PeerWorld, accountIds: readonly string[]): Promise<string> {
  return (await Promise.all(accountIds.map((id) => profileOf(world, id)))).join('\n');
}

async function profileOf(world: PeerWorld, accountId: string): Promise<string> {
  const environment = await world.environmentOf(accountId);
  const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  return [`[${accountId}]`, ...keys.map((key) => `${key.toLowerCase()} = ${environment[key]}`), ''].join('\n');
}
