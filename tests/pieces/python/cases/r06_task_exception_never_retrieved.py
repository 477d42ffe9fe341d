"""A failed task whose exception is never asked for."""
import asyncio, gc
async def fails(): raise ValueError("unseen")
loop = asyncio.new_event_loop()
async def main():
    loop.create_task(fails()); await asyncio.sleep(0); await asyncio.sleep(0); gc.collect(); print("-- second, exception() called")
    t = loop.create_task(fails()); await asyncio.sleep(0); t.exception(); del t; gc.collect(); print("-- no report")
loop.run_until_complete(main()); loop.close()
