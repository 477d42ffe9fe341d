"""set_debug() while the loop runs: the flag at once, coroutines one iteration later, older objects never."""
import asyncio, sys
async def main():
    loop = asyncio.get_running_loop()
    def show(what): print(f"{what:20}", loop.get_debug(), sys.get_coroutine_origin_tracking_depth())
    show("before")
    old = loop.create_future()
    loop.set_debug(True); show("set_debug(True)")
    new = loop.create_future(); print(old, new)
    await asyncio.sleep(0); show("one iteration later")
    loop.set_debug(False); show("set_debug(False)"); await asyncio.sleep(0); show("one iteration later")
    loop.set_debug("yes"); print(loop); loop.set_debug(False)
asyncio.run(main())
