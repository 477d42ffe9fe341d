"""A slow step on the real clock, with time.sleep and the default threshold."""
# real clock
import asyncio, time
async def main():
    time.sleep(0.12)
    await asyncio.sleep(0)
    time.sleep(0.05)
asyncio.run(main())
