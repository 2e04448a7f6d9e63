import { run, succeeds } from '../../scripts/local/simulator/moto-process.ts';
import { venvPython } from '../../scripts/local/simulator/moto-venv.ts';
import type { SentRequest } from './gateway-bench.ts';

/** botocore's own parameter check, and the patterns, lengths and enums of its model, which that leaves to AWS. */
const program = `
import json, re, sys
import botocore.session
from botocore.validate import ParamValidator
model = botocore.session.get_session().get_service_model('bedrock-agentcore-control')
def walk(shape, value, at):
    meta = shape.metadata
    if shape.type_name == 'structure':
        for name, each in value.items():
            if name in shape.members: yield from walk(shape.members[name], each, at + '.' + name)
    elif shape.type_name == 'list':
        for i, each in enumerate(value): yield from walk(shape.member, each, f'{at}[{i}]')
    elif shape.type_name == 'map':
        for key, each in value.items(): yield from walk(shape.value, each, f'{at}.{key}')
    elif shape.type_name == 'string':
        if 'pattern' in meta and not re.fullmatch(meta['pattern'], value): yield f'{at}: {value!r} does not match {meta["pattern"]}'
        if getattr(shape, 'enum', None) and value not in shape.enum: yield f'{at}: {value!r} is none of {shape.enum}'
        if len(value) < meta.get('min', 0) or len(value) > meta.get('max', len(value)): yield f'{at}: length {len(value)}'
    if shape.type_name in ('list', 'map') and (len(value) < meta.get('min', 0) or len(value) > meta.get('max', len(value))):
        yield f'{at}: {len(value)} entries'
for request in json.load(sys.stdin):
    shape = model.operation_model(request['operation']).input_shape
    params = request['params']
    report = ParamValidator().validate(params, shape)
    faults = ([report.generate_report()] if report.has_errors() else []) + list(walk(shape, params, request['operation']))
    # moto's IDs are ten hex digits; AWS's bear the gateway's name in front.
    for fault in faults:
        if '.gatewayIdentifier:' not in fault: print(fault)
`;

/** The Python that has it: this machine's own, or the simulator's. */
let judge = 'python3';

/** Why botocore's model cannot be asked here; undefined when it can. */
export async function botocoreProblem(): Promise<string | undefined> {
  const check =
    "import botocore.session; botocore.session.get_session().get_service_model('bedrock-agentcore-control')";
  for (const python of ['python3', venvPython]) {
    if (!(await succeeds(python, ['-c', check]))) continue;
    judge = python;
    return undefined;
  }
  return 'no Python has a botocore that knows bedrock-agentcore-control (pip install moto brings it)';
}

/** What botocore's service model says against the requests; empty when it takes them all. */
export async function validate(requests: readonly SentRequest[]): Promise<string> {
  const child = run(judge, ['-c', program], { maxBuffer: 16_000_000 });
  child.child.stdin?.end(JSON.stringify(requests));
  return (await child).stdout.trim();
}
