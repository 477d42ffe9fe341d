"""How long select() may wait: for ever, not at all, until the next timer, a day at most. Fake clock."""
import asyncio, selectors
class Selector(selectors.DefaultSelector):
    loop = None
    def select(self, timeout=None):
        if self.loop: print("   select", timeout); self.loop.now += timeout or 0
        return super().select(0)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
selector = Selector()
loop = Loop(selector); selector.loop = loop
def run(what, seconds):
    print(what); loop.now = 0.0
    if seconds is not None: loop.call_later(seconds, loop.stop)
    loop.run_forever()
run("in 1.5 s", 1.5)
run("in 3 days", 3 * 86400)
run("5 s ago", -5)
print("a callback is ready"); loop.call_soon(loop.stop); loop.run_forever()
print("nothing to do")
h = loop.call_later(1, print); h.cancel()
select = selector.select
def once(timeout=None): loop.stop(); return select(timeout)
selector.select = once; loop.run_forever()
selector.loop = None; loop.close()
