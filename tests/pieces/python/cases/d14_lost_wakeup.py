"""Debug mode's thread check can lose a wake-up: the future becomes done, its callbacks are dropped, the waiter sleeps on."""
import asyncio, threading
loop = asyncio.new_event_loop()
async def main():
    fut = loop.create_future()
    def thread():
        try: fut.set_result("from the thread")
        except RuntimeError as e: print("thread:", e)
    th = threading.Thread(target=thread); loop.call_later(0.01, th.start)
    loop.call_later(0.05, lambda: None)             # makes the loop spin once more
    done, pending = await asyncio.wait([asyncio.ensure_future(wait_on(fut))], timeout=0.2)
    print("fut", fut.done(), "waiter finished:", bool(done), fut)
    for p in pending: print(p); p.cancel()
async def wait_on(f): return await f
loop.run_until_complete(main()); loop.close()
