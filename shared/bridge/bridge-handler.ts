import type { CallToolResult } from '@modelcontextprotocol/client';
import type * as z from 'zod';
import type { BridgeKind } from '../../schemas/bridge-specification.ts';
import type { AnswerOf, bridgeAnswer, Tool } from '../../schemas/define-tool.ts';
import { sessionCredentials } from '../assume-role.ts';
import type { Credentials } from '../aws-clients.ts';
import type { Call } from '../call.ts';
import { ToolError } from '../errors.ts';
import { expandTargets } from '../targets.ts';
import { type Handler, toolHandler } from '../tool-handler.ts';
import { resultOf } from './bridge-answer.ts';
import { isBroken, isClosed, nothingSent, toBridgeError } from './bridge-errors.ts';
import { connect, type Opening, signalOfCall } from './connection.ts';
import { type Asked, askedBridge } from './specifications.ts';
import { type Lease, PROCESSES, SESSIONS, WarmConnections } from './warm-connections.ts';

type BridgeTool<Input extends z.ZodObject> = Tool<Input, typeof bridgeAnswer>;

/** Whose credentials a server is called with. */
export interface Identity {
  readonly account: string;
  /** The session's credentials, renewed when they near their end. */
  readonly credentials: () => Promise<Credentials>;
  /** The access key ID: another one is another connection where a server is given its credentials at the start. */
  readonly accessKeyId: string;
}

export interface BridgeOptions<K extends BridgeKind> {
  readonly kind: K;
  /** Opens the way to a server for an identity; nothing is sent yet. */
  readonly open: (asked: Asked<K>, identity: Identity | undefined, call: Call) => Promise<Opening> | Opening;
  /** What a call carries beside its arguments. */
  readonly meta?: (call: Call) => Record<string, unknown>;
}

/**
 * A handler that passes calls on to a server of others. The server's tools have their own arguments; `account_id` is ours
 * where the bridge has actions of its own, and never reaches the server.
 */
export function bridgeHandler<K extends BridgeKind, Input extends z.ZodObject>(
  tool: BridgeTool<Input>,
  { kind, open, meta }: BridgeOptions<K>,
): Handler<AnswerOf<typeof bridgeAnswer>> {
  const warm = new WarmConnections(kind === 'stdio' ? PROCESSES : SESSIONS);
  return toolHandler(tool, async (input, call) => {
    const asked = await askedBridge(kind, call);
    call.audit.note({ server: asked.name, server_tool: asked.tool });
    const { account_id, ...others } = input as { account_id?: string } & Record<string, unknown>;
    const { iam } = asked.specification;
    const identity = iam === undefined ? undefined : await identityFor(account_id, iam, call);
    const parameters = {
      name: asked.tool,
      arguments: identity === undefined ? (input as Record<string, unknown>) : others,
      ...(meta === undefined ? {} : { _meta: meta(call) }),
    };
    const key = [asked.name, identity?.account, kind === 'stdio' ? identity?.accessKeyId : ''].join(' ');
    let opening: Opening | undefined;
    const reach = async () => {
      opening = await open(asked, identity, call);
      return connect(opening, call.signal);
    };
    const ask = async (again: boolean): Promise<CallToolResult> => {
      let lease: Lease | undefined;
      try {
        lease = await warm.get(key, reach);
        const { client } = lease.connection;
        return (await signalOfCall.run(call.signal, () =>
          client.request(
            { method: 'tools/call', params: parameters },
            { signal: call.signal, timeout: LONGEST_CALL_MS },
          ),
        )) as CallToolResult;
      } catch (error) {
        const connection = lease?.connection;
        const late = call.signal.aborted;
        const ended = connection?.ended() !== undefined;
        const [unsent, closed] = [nothingSent(error), isClosed(error)];
        if (connection !== undefined && (unsent || closed || ended)) warm.drop(key, connection);
        const safe = unsent || ((closed || isBroken(error)) && asked.repeatable);
        if (again && connection !== undefined && safe && !late && !ended) return ask(false);
        throw toBridgeError(error, { name: asked.name, connection, complaints: opening?.complaints, late });
      } finally {
        lease?.release();
      }
    };
    const result = await ask(true);
    return {
      server: asked.name,
      tool: asked.tool,
      ...(identity === undefined ? {} : { account_id: identity.account }),
      ...(result.isError === true ? { is_error: true as const } : {}),
      result: resultOf(result),
    };
  });
}

/** The call's own deadline comes before this, and ends it through the signal. */
const LONGEST_CALL_MS = 15 * 60_000;

async function identityFor(accountId: unknown, actions: readonly string[], call: Call): Promise<Identity> {
  if (accountId !== undefined && typeof accountId !== 'string') {
    throw new ToolError('invalid_input', 'account_id: must be a text.', { field: 'account_id' });
  }
  const { accounts } = await expandTargets({ account_id: accountId }, call);
  const [account, ...others] = accounts;
  if (account === undefined || others.length > 0) {
    throw new ToolError('invalid_input', 'account_id: name one. The server behind this tool knows one at a time.', {
      field: 'account_id',
    });
  }
  const credentials = await sessionCredentials(account, call, actions);
  return {
    account,
    accessKeyId: credentials.accessKeyId,
    credentials: () => sessionCredentials(account, call, actions),
  };
}
