import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientFor } from './assume-role.ts';
import { operationOf } from './aws-clients.ts';
import type { Call } from './call.ts';
import { toToolError } from './errors.ts';

/** Tries to enter an account with a session that may do nothing: whether it can be read, and the code of why not. */
export async function withAccess<A extends { readonly Id?: string | undefined }>(account: A, call: Call) {
  try {
    const cell = { account: account.Id ?? '', region: call.configuration.homeRegion };
    const sts = await clientFor(STSClient, cell, call, []);
    await sts.send(new GetCallerIdentityCommand());
    return { ...account, reachable: true };
  } catch (error) {
    const { code } = toToolError(error, { operation: operationOf(error), actions: [] });
    return { ...account, reachable: false, reason: code };
  }
}
