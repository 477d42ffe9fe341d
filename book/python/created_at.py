import asyncio


async def nap():
    await asyncio.sleep(0)


def place(made):
    return repr(made).split(" created at ")[-1].split("/")[-1]


# #region main
async def main():
    loop = asyncio.get_running_loop()
    print("loop.create_task:    ", place(loop.create_task(nap())))
    print("asyncio.create_task: ", place(asyncio.create_task(nap())))
    print("loop.create_future:  ", place(loop.create_future()))


asyncio.run(main(), debug=True)
# #endregion main
