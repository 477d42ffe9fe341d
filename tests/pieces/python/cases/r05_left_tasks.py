"""Tasks left at the end: run() cancels them, run_until_complete() and close() say nothing."""
import asyncio, gc, sys
async def worker(name, seconds):
    try: await asyncio.sleep(seconds)
    except asyncio.CancelledError: print(name, "is cancelled"); raise
async def main():
    global task
    task = asyncio.create_task(worker("worker", 10))
    await asyncio.sleep(0)
if sys.argv[1] == "run":
    asyncio.run(main()); print(task)
else:
    loop = asyncio.new_event_loop()
    if sys.argv[1] == "ruc": loop.run_until_complete(main())
    else: task = loop.create_task(worker("worker", 10))
    loop.close(); print("closed", gc.collect() >= 0)
    del task; gc.collect()
print("end of program")
