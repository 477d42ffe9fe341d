# The two coroutines of chapter 3, in Python.
import asyncio


# #region coroutines
async def inner(name, value):
    print(name, "starts")
    await asyncio.sleep(0.1)
    print(name, "has slept")
    return value


async def outer():
    print("outer awaits inner")
    first = await inner("inner", 20)
    print("outer awaits two tasks at once")
    second, third = await asyncio.gather(inner("left", 1), inner("right", 21))
    return first + second + third
# #endregion coroutines


print("outer returned", asyncio.run(outer()))
