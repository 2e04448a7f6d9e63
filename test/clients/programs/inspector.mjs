import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { answerIn, listIn, options, report, url } from './report.mjs';

const program = join(import.meta.dirname, '../node_modules/.bin/mcp-inspector');
/** Its exit code when the tool has failed; the result is printed all the same. */
const TOOL_FAILED = 5;

/** A process for each request, as at a prompt. */
function inspect(...request) {
  const args = ['--cli', url.href, '--transport', 'http', '--format', 'json', '-q', ...options, ...request];
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 16_000_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const { result } = code === 0 || code === TOOL_FAILED ? JSON.parse(stdout) : {};
      if (result !== undefined && (code === TOOL_FAILED) === (result.isError === true)) resolve(result);
      else reject(new Error(`exit code ${code}: ${stdout}${stderr}`));
    });
  });
}

await report({
  list: async () => listIn(await inspect('--method', 'tools/list')),
  call: async (name, args) => {
    const request = ['--tool-name', name, '--tool-args-json', JSON.stringify(args)];
    return answerIn(await inspect('--method', 'tools/call', ...request));
  },
});
