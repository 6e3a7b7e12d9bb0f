/* SPDX-License-Identifier: BSD-2-Clause */
/* The folders by which the agent hears of events: run/, where the head is, and run/events. One that
 * is taken away, or made anew, is watched again once it is there. */
#ifndef AGENT_FOLDERS_H
#define AGENT_FOLDERS_H

#include <stdbool.h>
#include <systemd/sd-event.h>

enum folders_news {
  FOLDERS_HEAD,  /* the head was written, or nobody knows what happened: look at all */
  FOLDERS_WAITS, /* something waits on run/ */
  FOLDERS_BEGUN  /* somebody wrote there, and may not have come to his end */
};
typedef void folders_fn(void *context, enum folders_news news);

struct folders {
  sd_event_source *run, *pending; /* kept: an inotify source that nobody keeps is never freed */
  sd_event_source *again;
  folders_fn *on_news;
  void *context;
  bool complained;
};

/* Watches both from now on; folders stays where it is until folders_close(). on_news is called from
 * the event loop. Less than 0 as of sd_event_add_inotify(3), and folders_close() is still due. */
int folders_watch(struct folders *folders, sd_event *event, folders_fn *on_news, void *context);
void folders_close(struct folders *folders); /* of one that is zeroed, too */

#endif
