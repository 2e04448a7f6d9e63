import asyncio
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from report import report, url

program = os.path.join(os.path.dirname(sys.executable), "mcp-proxy-for-aws")
arguments = [url, "--service", "bedrock-agentcore", "--disable-telemetry"]


async def main():
    # As a desktop client starts it, over stdio. The SDK is the desktop client's part.
    proxy = StdioServerParameters(command=program, args=arguments, env=dict(os.environ))
    async with stdio_client(proxy) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            await report(session.list_tools, session.call_tool)


asyncio.run(main())
