"""Eight timers with one deadline."""
import asyncio

# #region main
loop = asyncio.new_event_loop()
order = []
when = loop.time() + 0.01
for number in range(8):
    loop.call_at(when, order.append, number)
loop.call_at(when + 0.01, loop.stop)
loop.run_forever()
loop.close()
print(order)
# #endregion main
