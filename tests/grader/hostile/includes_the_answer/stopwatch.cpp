// Lets the compiler read our solution.
#include "solutions/06_slow_callback/stopwatch.cpp"
