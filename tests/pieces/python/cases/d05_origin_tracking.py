"""Coroutine origin tracking: on while a debug loop runs (depth 10), restored after; cr_origin."""
import asyncio, sys
async def c(): pass
def make(): return c()
def origin(co):
    o = co.cr_origin; co.close()
    return None if o is None else [(fr[2], fr[1]) for fr in o][:3]
loop = asyncio.new_event_loop()
print("before run", sys.get_coroutine_origin_tracking_depth(), origin(make()))
async def main():
    print("inside    ", sys.get_coroutine_origin_tracking_depth(), origin(make()))
loop.run_until_complete(main())
print("after run ", sys.get_coroutine_origin_tracking_depth(), origin(make()))
sys.set_coroutine_origin_tracking_depth(3); loop.run_until_complete(main()); print("restored  ", sys.get_coroutine_origin_tracking_depth())
loop.close()
