import { startStdio } from '../../scripts/local/gateway/stdio.ts';
import { echo, getThing } from './gateway-tools.ts';

// What a handler or a library may do in such a process.
process.stderr.write('started\n');
const versions = process.argv[2]?.split(',');
const { closed } = startStdio({
  tools: [getThing],
  invoke: async (...call) => {
    console.log('noise within a call');
    process.stdout.write('{"jsonrpc":"2.0","id":0,"result":{}}\n');
    return echo(...call);
  },
  onCall: (record) => process.stderr.write(`${JSON.stringify(record)}\n`),
  ...(versions === undefined ? {} : { supportedVersions: versions }),
});
await closed;
