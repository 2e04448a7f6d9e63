import { nodeClients } from './known-clients.ts';
import { testClient } from './outside-client.ts';

for (const client of nodeClients) testClient({ command: process.execPath, ...client });
