"""What may be scheduled: checked at once in debug mode, discovered late without it."""
import asyncio, sys
loop = asyncio.new_event_loop()
loop.set_debug("debug" in sys.argv)
async def coro(): pass
def t(label, f):
    try: h = f(); print(label, "-> accepted"); h.cancel()
    except TypeError as e: print(label, "-> TypeError", e)
t("call_soon(42)", lambda: loop.call_soon(42))
t("call_soon(None)", lambda: loop.call_soon(None))
t("call_soon(coroutine function)", lambda: loop.call_soon(coro))
c = coro(); t("call_later(coroutine object)", lambda: loop.call_later(1, c)); c.close()
t("call_at(coroutine function)", lambda: loop.call_at(1, coro))
t("call_soon_threadsafe(42)", lambda: loop.call_soon_threadsafe(42))
t("call_later(None, print)", lambda: loop.call_later(None, print))
t("call_at(None, print)", lambda: loop.call_at(None, print))
t("call_later(-1, print)", lambda: loop.call_later(-1, print))
if not loop.get_debug():
    loop.call_soon(42)
    loop.call_soon(loop.stop); loop.run_forever()
loop.close()
