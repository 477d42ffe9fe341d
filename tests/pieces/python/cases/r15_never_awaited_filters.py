"""A coroutine that is never awaited is an ordinary warning: default shows it once a line, always each time."""
import asyncio, warnings
warnings.formatwarning = lambda message, category, filename, lineno, line=None: f"   {category.__name__}: {message}\n"
async def forgotten(): pass
for action in ("default", "always", "ignore"):
    warnings.simplefilter(action); print(action)
    for _ in range(3):
        forgotten()
print("another line"); warnings.simplefilter("default")
forgotten(); forgotten()
forgotten()
