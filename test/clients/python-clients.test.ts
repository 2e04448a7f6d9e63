import { describe, inject } from 'vitest';
import { pythonClients } from './known-clients.ts';
import { testClient } from './outside-client.ts';

const pythons = inject('pythons');

// Without Python the set-up says so aloud, and in CI it fails.
describe.skipIf(pythons === undefined)('in Python', () => {
  for (const { venv, ...client } of pythonClients) testClient({ command: pythons?.[venv] ?? '', ...client });
});
