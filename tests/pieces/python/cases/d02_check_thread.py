"""Calls from a foreign thread: silently accepted without debug, RuntimeError with debug while the loop runs."""
import asyncio, threading
loop = asyncio.new_event_loop()
fut = loop.create_future(); fut.add_done_callback(lambda f: None)
bare = loop.create_future()
async def coro(): pass
def t(label, f):
    try: r = f(); print(label, "-> accepted"); return r
    except RuntimeError as e: print(label, "-> RuntimeError", e)
def thread():
    t("call_soon", lambda: loop.call_soon(int))
    t("call_later", lambda: loop.call_later(0, int))
    t("call_at", lambda: loop.call_at(0, int))
    t("call_soon_threadsafe", lambda: loop.call_soon_threadsafe(int))
    c = coro(); r = t("create_task", lambda: loop.create_task(c)); r or c.close()
    t("create_future", loop.create_future)
    t("future.set_result, no callbacks", lambda: bare.set_result(1))
    t("future.set_result, one callback", lambda: fut.set_result(1))
    print("   state afterwards:", fut.done())
    t("stop", loop.stop)
    print("thread-safe future:", asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "ok"), loop).result(2) if loop.is_running() else "loop gone")
    loop.call_soon_threadsafe(loop.stop)
print("before running (no check possible):"); th = threading.Thread(target=lambda: t("call_soon", lambda: loop.call_soon(int))); th.start(); th.join()
loop.stop = lambda stop=loop.stop: threading.current_thread() is threading.main_thread() and stop()
print("while running:"); th = threading.Thread(target=thread)
loop.call_soon(th.start); loop.call_later(5, loop.stop)
loop.run_forever(); th.join(); loop.close()
