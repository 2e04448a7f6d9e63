import asyncio

from mcp import Client
from report import report, url


async def main():
    async with Client(url) as client:
        await report(client.list_tools, client.call_tool)


asyncio.run(main())
