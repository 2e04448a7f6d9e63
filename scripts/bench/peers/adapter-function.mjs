// A Lambda function as the adapter's documentation has it: a Gateway target around a stdio server. Plain JavaScript for
// ../runner.mjs. ADAPTER_PACKAGE is the adapter's entry, ADAPTER_COMMAND the server's program.
const { ADAPTER_PACKAGE, ADAPTER_COMMAND, ...env } = process.env;
const { BedrockAgentCoreGatewayTargetHandler, StdioServerAdapterRequestHandler } = await import(ADAPTER_PACKAGE);

const target = new BedrockAgentCoreGatewayTargetHandler(
  new StdioServerAdapterRequestHandler({ command: ADAPTER_COMMAND, args: [], env }),
);

export const handler = (event, context) =>
  target.handle(event, { ...context, clientContext: { custom: { bedrockAgentCoreToolName: 'aws___call_aws' } } });
