"""How many iterations pass while a coroutine awaits."""
import asyncio, selectors
class Selector(selectors.DefaultSelector):
    polls = 0
    def select(self, timeout=None): self.polls += 1; return super().select(timeout)
selector = Selector()
async def returns(): return 1
async def main():
    loop = asyncio.get_running_loop()
    async def count(what, awaitable):
        before = selector.polls
        try: await awaitable
        except TimeoutError: pass
        print(f"{what:40} {selector.polls - before}")
    def soon(): f = loop.create_future(); loop.call_soon(f.set_result, 1); return f
    done = loop.create_future(); done.set_result(1)
    await count("a future that is done", done)
    await count("a coroutine that does not suspend", returns())
    await count("sleep(0)", asyncio.sleep(0))
    await count("create_task of such a coroutine", asyncio.create_task(returns()))
    await count("a future that a callback sets", soon())
    await count("gather of a done future", asyncio.gather(done))
    await count("gather of two coroutines", asyncio.gather(returns(), returns()))
    await count("shield of a coroutine", asyncio.shield(returns()))
    await count("wait_for of a coroutine, 1 s", asyncio.wait_for(returns(), 1))
    await count("wait_for of a future, 0 s", asyncio.wait_for(loop.create_future(), 0))
loop = asyncio.SelectorEventLoop(selector)
loop.run_until_complete(main()); loop.close()
