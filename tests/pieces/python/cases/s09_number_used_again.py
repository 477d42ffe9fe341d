"""A descriptor is closed but not unregistered, and its number is used again."""
import os, selectors
s = selectors.DefaultSelector()
r, w = os.pipe()
s.register(r, selectors.EVENT_READ, "the first"); os.close(r)
r2, w2 = os.pipe()
print("the same number:", r2 == r)
try: s.register(r2, selectors.EVENT_READ, "the second")
except KeyError as e: print("KeyError", str(e).replace(str(r), "N"))
os.write(w2, b"x")
print("events of the second:", len(s.select(0)), "key:", s.get_key(r2).data)
s.unregister(r2); s.register(r2, selectors.EVENT_READ, "the second")
print("after unregister:", [key.data for key, _ in s.select(0)])
s.close(); os.close(w); os.close(r2); os.close(w2)
