"""A coroutine object that is never awaited."""
import asyncio
async def forgotten(n): pass
def helper(): return forgotten(1)
async def main():
    helper()
    print("after the drop")
    x = forgotten(2); del x
    await asyncio.sleep(0)
loop = asyncio.new_event_loop(); loop.run_until_complete(main()); loop.close()
c = forgotten(3); c.close(); print("closed explicitly: no warning")
forgotten(4); print("outside the loop: warned, no origin")
