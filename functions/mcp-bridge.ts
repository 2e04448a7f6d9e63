import { mcpBridge } from '../schemas/mcp-bridge.ts';
import { bridgeHandler } from '../shared/bridge/bridge-handler.ts';
import { openServer } from '../shared/bridge/stdio-server.ts';

export const handler = bridgeHandler(mcpBridge, { kind: 'stdio', open: openServer });
