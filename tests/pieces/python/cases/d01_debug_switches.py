"""Which switch turns debug mode on."""
import asyncio, sys, warnings
warnings.simplefilter("ignore")
async def probe(): return asyncio.get_event_loop().get_debug(), sys.get_coroutine_origin_tracking_depth()
loop = asyncio.new_event_loop()
print("new loop:", loop.get_debug())
loop.close()
print("run():", asyncio.run(probe()))
print("run(debug=True):", asyncio.run(probe(), debug=True))
print("run(debug=False):", asyncio.run(probe(), debug=False))
