"""gather: results in order, the first error, errors as results, cancelled from outside."""
import asyncio
log = []
async def c(name, result, seconds=0.0, error=None):
    log.append("start " + name)
    try: await asyncio.sleep(seconds)
    except asyncio.CancelledError: log.append("cancelled " + name); raise
    if error: raise error
    log.append("end " + name); return result
def told(): text = ", ".join(log); log.clear(); return text
async def main():
    print(await asyncio.gather(c("a", 1, 0.02), c("b", 2, 0.01)), "|", told())
    print(await asyncio.gather())
    same = c("same", 3); print(await asyncio.gather(same, same), "|", told())
    try: await asyncio.gather(c("a", 1, 0.02), c("b", 2, 0.01, ValueError("boom")))
    except ValueError as e: print("ValueError", e, "|", told())
    await asyncio.sleep(0.03); print("the other runs on:", told())
    print(await asyncio.gather(c("a", 1), c("b", 2, 0, ValueError("boom")), return_exceptions=True), "|", told())
    g = asyncio.gather(c("a", 1, 1), c("b", 2, 1))
    await asyncio.sleep(0); print("cancel():", g.cancel(), g)
    try: await g
    except asyncio.CancelledError: print("CancelledError |", told(), "|", g.cancelled())
    child = asyncio.ensure_future(c("child", 1, 1)); g = asyncio.gather(child, c("b", 2, 0.01))
    await asyncio.sleep(0); child.cancel()
    try: await g
    except asyncio.CancelledError: print("a child cancelled: CancelledError, gather.cancelled():", g.cancelled())
asyncio.run(main())
loop = asyncio.new_event_loop(); other = asyncio.new_event_loop()
try: asyncio.gather(loop.create_future(), other.create_future())
except ValueError as e: print("ValueError", e)
loop.close(); other.close()
