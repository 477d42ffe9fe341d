"""A pending task collected by the garbage collector."""
import asyncio, gc
async def stuck(f): await f
loop = asyncio.new_event_loop()
async def main():
    loop.create_task(stuck(loop.create_future()))       # only a reference cycle holds it
    await asyncio.sleep(0)
    gc.collect(); print("collected")
loop.run_until_complete(main()); loop.close()
