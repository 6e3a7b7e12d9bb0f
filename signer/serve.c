/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-signer serve: the service itself, in the foreground. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "../breakglass/cli/cli.h"
#include "../breakglass/cli/print.h"
#include "desk/desk.h"
#include "signer.h"

#define THREADS 2
#define CONNECTIONS_MAX 12000
#define SPARE_FILES 64U /* beside the connections */
#define TICK_S 5

struct service {
  struct desk *desk;
  struct http_server *server;
};

/* Standard error is the journal's under systemd, which reads the priority. */
static void log_line(const char *text) {
  (void)fprintf(stderr, SD_WARNING "breakglass-signer: %s\n", text);
}

/* Keys are in this process: no core, and nobody of the same user looks in. */
static bool harden(void) {
  const struct rlimit none = {0, 0};
  (void)umask(0077);
  return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* As many connections as this process may have files for. */
static unsigned connections_max(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
    return SPARE_FILES;
  }
  files.rlim_cur = files.rlim_max < CONNECTIONS_MAX + SPARE_FILES ? files.rlim_max
                                                                  : CONNECTIONS_MAX + SPARE_FILES;
  (void)setrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur > SPARE_FILES + SPARE_FILES ? (unsigned)files.rlim_cur - SPARE_FILES
                                                    : SPARE_FILES;
}

static const char *or_none(const char *text) {
  return text[0] != '\0' ? text : NULL;
}

static enum bg_error start_server(struct service *service) {
  const struct bg_issuing_settings *settings = desk_settings(service->desk);
  const bool activated = sd_listen_fds(0) > 0;
  const struct http_config config = {.listen = activated ? NULL : or_none(settings->listen),
                                     .unix_path = activated ? NULL : or_none(settings->socket),
                                     .certificate = or_none(settings->certificate),
                                     .key = or_none(settings->key),
                                     .activated = activated,
                                     .threads = THREADS,
                                     .connections_max = connections_max(),
                                     .routes = desk_routes,
                                     .context = service->desk};
  if (!activated && config.listen == NULL && config.unix_path == NULL) {
    return BG_ERR_RANGE;
  }
  return http_start(&config, &service->server);
}

static int start(struct service *service, const char *file) {
  const struct desk_config config = {
      .file = file, .on_problem = print_conf_problem, .log = log_line};
  enum bg_error err = desk_open(&config, &service->desk);
  if (err == BG_REFUSED_CONFIG) {
    return CLI_USAGE;
  }
  if (err != BG_OK) {
    return cli_failure("the service does not start: %s", bg_strerror(err));
  }
  err = start_server(service);
  if (err == BG_OK) {
    return CLI_OK;
  }
  const int reason = errno;
  return err == BG_ERR_IO
             ? cli_failure("it cannot listen: %s", strerror(reason))
             : cli_usage_error("it cannot listen: %s; see listen, socket, certificate and key in "
                               "[signer] of signer.conf",
                               bg_strerror(err));
}

static void reload(struct service *service) {
  (void)sd_notify(0, "RELOADING=1");
  if (desk_reload(service->desk) != BG_OK) {
    log_line("signer.conf or trusted_signers is wrong: the old ones stay in force");
  }
  if (http_reload(service->server) != BG_OK) {
    log_line("certificate and key cannot be taken: the old ones stay in use");
  }
  (void)sd_notify(0, "READY=1");
}

/* Until it is told to end. The watchdog is fed while the writer can be asked. */
static void run(struct service *service, const sigset_t *signals) {
  for (;;) {
    const struct timespec tick = {.tv_sec = TICK_S};
    int signal = sigtimedwait(signals, NULL, &tick);
    if (signal == SIGTERM || signal == SIGINT) {
      return;
    }
    if (signal == SIGHUP) {
      reload(service);
    }
    (void)sd_notify(
        0,
        desk_is_healthy(service->desk)
            ? "WATCHDOG=1\nSTATUS=serving"
            : "WATCHDOG=1\nSTATUS=the ledger takes nothing, or the revocation list cannot be made");
  }
}

static void stop(struct service *service) {
  (void)sd_notify(0, "STOPPING=1");
  if (service->desk != NULL && service->server != NULL) {
    desk_stop(service->desk);
  }
  http_stop(service->server);
  desk_close(service->desk);
}

static int serve(const char *file) {
  struct service service = {0};
  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGTERM);
  (void)sigaddset(&signals, SIGINT);
  (void)sigaddset(&signals, SIGHUP);
  (void)sigprocmask(SIG_BLOCK, &signals, NULL); /* before there are other threads */
  (void)signal(SIGPIPE, SIG_IGN);
  if (!harden()) {
    return cli_failure("core dumps cannot be turned off: %s", strerror(errno));
  }
  int status = start(&service, file);
  if (status == CLI_OK) {
    (void)fprintf(stderr, "breakglass-signer: serving, port %u\n", http_port(service.server));
    (void)sd_notify(0, "READY=1\nSTATUS=serving");
    run(&service, &signals);
  }
  stop(&service);
  return status;
}

static const struct option options[] = {{"config", required_argument, NULL, 'c'}, {0}};

int signer_serve(int argc, char **argv) {
  const char *file = NULL;
  for (int option; (option = cli_option(argc, argv, options)) != -1;) {
    if (option != 'c') {
      return CLI_USAGE;
    }
    file = optarg;
  }
  return optind == argc ? serve(file) : cli_usage_error("serve takes no arguments");
}
