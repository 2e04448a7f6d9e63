import type { RequestId } from '@modelcontextprotocol/server';
import type { ServedTool } from './served-tools.ts';

/** Lambda's limit for the base64 of a client context, in bytes: Invoke API, X-Amz-Client-Context. */
export const MAX_CLIENT_CONTEXT_BYTES = 3_583;

export interface ClientContextFacts {
  readonly gatewayId: string;
  /** ID of the request to the Gateway: a uuid. */
  readonly requestId: string;
  /** JSON-RPC ID of the call. */
  readonly messageId: RequestId;
}

/** The client context that the Gateway gives a Lambda target: six keys, all texts. Source: guide, "Lambda function input format". */
export function clientContext(served: ServedTool, { gatewayId, requestId, messageId }: ClientContextFacts) {
  return {
    custom: {
      bedrockAgentCoreMessageVersion: '1.0',
      bedrockAgentCoreAwsRequestId: requestId,
      bedrockAgentCoreMcpMessageId: String(messageId),
      bedrockAgentCoreGatewayId: gatewayId,
      bedrockAgentCoreTargetId: served.targetId,
      bedrockAgentCoreToolName: served.visibleName,
    },
  };
}

/** Whether Lambda would take the client context. Base64 makes four characters of every three bytes begun. */
export function fitsClientContext(context: object): boolean {
  return Math.ceil(Buffer.byteLength(JSON.stringify(context)) / 3) * 4 <= MAX_CLIENT_CONTEXT_BYTES;
}
