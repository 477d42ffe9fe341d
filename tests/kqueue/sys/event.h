// A stand-in for the header of macOS and FreeBSD, as its manual page kqueue(2)
// describes it; emulation.cpp implements it. Only what we use.
#pragma once
#pragma GCC system_header  // a struct and a function share a name

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct kevent {
  uintptr_t ident;       // a descriptor
  short filter;          // EVFILT_...
  unsigned short flags;  // EV_...
  unsigned int fflags;   // NOTE_..., of EVFILT_VNODE
  intptr_t data;         // bytes, or an error number with EV_ERROR
  void* udata;
};

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)
#define EVFILT_VNODE (-4)

#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_CLEAR 0x0020
#define EV_ERROR 0x4000
#define EV_EOF 0x8000

#define NOTE_DELETE 0x0001
#define NOTE_WRITE 0x0002
#define NOTE_EXTEND 0x0004
#define NOTE_RENAME 0x0020

#define EV_SET(event, a, b, c, d, e, f)  \
  do {                                   \
    struct kevent* const set_ = (event); \
    set_->ident = (a);                   \
    set_->filter = (b);                  \
    set_->flags = (c);                   \
    set_->fflags = (d);                  \
    set_->data = (e);                    \
    set_->udata = (f);                   \
  } while (0)

extern "C" {
int kqueue(void);
int kevent(int kq, const struct kevent* changes, int change_count,
           struct kevent* events, int event_count,
           const struct timespec* timeout);
}
