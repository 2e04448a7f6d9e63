// Runs one handler for the benchmark. Plain JavaScript, because stripping types would count as part of a cold start.
// Arguments: the module, the first event. Each line on standard input is a job `{event, calls}`; results go to
// descriptor 3, since the handler's own log lines go to standard output.
import { writeSync } from 'node:fs';

const [module, firstEvent] = process.argv.slice(2);
const spawnedAt = Number(process.env.BENCH_SPAWNED_AT);
const now = () => performance.timeOrigin + performance.now();
const report = (result) => writeSync(3, `${JSON.stringify(result)}\n`);

const { handler } = await import(module);
const readyMs = now() - spawnedAt;
const first = await call(JSON.parse(firstEvent));
const answeredMs = now() - spawnedAt;
report({ readyMs, answeredMs, cpuMs: cpuMs(), answer: first, maxRssMb: maxRssMb() });

let pending = '';
for await (const chunk of process.stdin) {
  pending += chunk;
  const lines = pending.split('\n');
  pending = lines.pop();
  for (const line of lines) await work(JSON.parse(line));
}

async function work({ event, calls }) {
  const times = [];
  const cpu = cpuMs();
  let answer;
  for (let i = 0; i < calls; i++) {
    const started = performance.now();
    answer = await call(event);
    times.push(performance.now() - started);
  }
  report({ times, cpuMs: (cpuMs() - cpu) / calls, answer, maxRssMb: maxRssMb() });
}

function call(event) {
  const ends = Date.now() + 60_000;
  return handler(event, {
    awsRequestId: crypto.randomUUID(),
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:999999999999:function:central-ops-bench',
    getRemainingTimeInMillis: () => ends - Date.now(),
  });
}

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function maxRssMb() {
  return process.resourceUsage().maxRSS / 1_024;
}
