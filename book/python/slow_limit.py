"""A step of exactly a tenth of a second, on a clock that shows 100."""
# #region main
start = 100.0
end = 100.1
print(end - start)
print("slow" if end - start >= 0.1 else "not slow")
# #endregion main
