"""cancel() after the future is done and before the task runs: the cancellation wins."""
import asyncio
async def waits(f):
    try: print("result", await f)
    except asyncio.CancelledError: print("CancelledError, although the future is", f); raise
    except ValueError as e: print("ValueError", e)
async def late(finish):
    f = asyncio.get_running_loop().create_future(); t = asyncio.create_task(waits(f))
    await asyncio.sleep(0)
    finish(f); print("cancel():", t.cancel())
    try: await t
    except asyncio.CancelledError: print("cancelled:", t.cancelled())
async def main():
    await late(lambda f: f.set_result(42))
    await late(lambda f: f.set_exception(ValueError("bad")))
asyncio.run(main())
