import asyncio
import threading


async def drink(coffee):
    print("drinking", await coffee)


# #region main
def machine(coffee):
    try:
        coffee.set_result("an espresso")
    except RuntimeError as error:
        print(error)


async def main():
    coffee = asyncio.get_running_loop().create_future()
    thread = threading.Thread(target=machine, args=[coffee])
    waiter = asyncio.create_task(drink(coffee))
    await asyncio.sleep(0.1)
    thread.start()
    await asyncio.sleep(0.1)
    print("coffee done:", coffee.done(), " waiter done:", waiter.done())
    # #endregion main
    # The report of the lost waiter is long, and not what this is about.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)


asyncio.run(main(), debug=True)
