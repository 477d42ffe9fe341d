"""Task names: Task-N counts every task of the process; set_name converts to str."""
import asyncio
async def c(): return asyncio.current_task()
async def main():
    a = asyncio.create_task(c()); b = asyncio.create_task(c(), name="worker"); d = asyncio.create_task(c(), name=42)
    print(asyncio.current_task().get_name(), a.get_name(), b.get_name(), repr(d.get_name()))
    e = asyncio.create_task(c()); print(e.get_name()); e.set_name(None); print(repr(e.get_name()))
    print((await a) is a, len(asyncio.all_tasks()))
    await asyncio.gather(b, d, e)
asyncio.run(main()); asyncio.run(main())
