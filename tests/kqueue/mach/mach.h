// A stand-in for the header of macOS, so that what uses it is compiled here. Only
// what we use, and no function has a body.
#pragma once

#include <pthread.h>

using mach_port_t = unsigned;
using kern_return_t = int;
using thread_info_t = int*;
using mach_msg_type_number_t = unsigned;

struct time_value_t {
  int seconds;
  int microseconds;
};
struct thread_basic_info {
  time_value_t user_time;
  time_value_t system_time;
};

constexpr kern_return_t KERN_SUCCESS = 0;
constexpr int THREAD_BASIC_INFO = 3;
constexpr mach_msg_type_number_t THREAD_BASIC_INFO_COUNT =
    sizeof(thread_basic_info) / sizeof(int);

extern "C" {
mach_port_t pthread_mach_thread_np(pthread_t thread);
kern_return_t thread_info(mach_port_t thread, int flavor, thread_info_t info,
                          mach_msg_type_number_t* count);
}
