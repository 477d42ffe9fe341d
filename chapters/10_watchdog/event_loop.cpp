#include "chapters/10_watchdog/event_loop.hpp"
