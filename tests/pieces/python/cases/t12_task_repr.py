"""repr of a Task in every state, and of a gathering."""
import asyncio
async def work(f): return await f
async def boom(): raise ValueError("bad")
async def main():
    loop = asyncio.get_running_loop(); f = loop.create_future()
    t = asyncio.create_task(work(f), name="worker"); print("not started ", t)
    await asyncio.sleep(0); print("waiting     ", t)
    t.cancel(); print("cancelling  ", t)
    try: await t
    except asyncio.CancelledError: print("cancelled   ", t)
    f = loop.create_future(); t = asyncio.create_task(work(f), name="worker")
    await asyncio.sleep(0); f.set_result(42); print("to be woken ", t)
    t.add_done_callback(print); await t; print("finished    ", t)
    t = asyncio.create_task(boom(), name="boom")
    await asyncio.sleep(0.001); print("failed      ", t); t.exception()
    print("current     ", asyncio.current_task())
    f = loop.create_future(); g = asyncio.gather(f, asyncio.create_task(work(f), name="child"))
    await asyncio.sleep(0); print("gathering   ", g)
    f.set_result(1); await g; print("gathered    ", g)
asyncio.run(main())
