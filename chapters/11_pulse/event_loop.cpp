#include "chapters/11_pulse/event_loop.hpp"
