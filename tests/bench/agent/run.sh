#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The host agent with a real NATS server, and the limits that it has to keep. Server and agent share the machine; what
# others do on it in the meantime counts, too: see the load that is printed.
# $here: the build's tests/bench/agent. In a mount namespace of its own: what it mounts ends with it.
set -euo pipefail
: "${here:?run by make bench-agent}" "${top_srcdir:?}" "${top_builddir:?}"
events=${BENCH_EVENTS:-100000}    # that wait, to be drained
each=${BENCH_EACH:-500}           # that come one by one
turns=${BENCH_TURNS:-3}           # of each; the best counts: others only ever slow it down
starts=${BENCH_STARTS:-20}        # of the agent
seconds=${BENCH_SECONDS:-70}      # in which it has nothing to do
pause=20                          # ms between two events that come one by one
work=$(mktemp -d /var/tmp/bg-bench-XXXXXX) # on a disk, and short enough for a socket's path
root=$work/host agent=$top_builddir/tests/lib/breakglass-agent
server='' journal='' service='' port=''
export LC_ALL=C BREAKGLASS_TEST_ROOT=$root PYTHONDONTWRITEBYTECODE=1
[ "$(id -u)" = 0 ] || { echo 'run it as root' >&2; exit 1; }
command -v nats-server >/dev/null || { echo 'needs nats-server' >&2; exit 1; }

end() { # PID
  [ -z "$1" ] || { kill "$1" && wait "$1"; } 2>/dev/null || true
}
clean_up() {
  end "$service"
  end "$journal"
  end "$server"
  umount "$root/run" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

bench() { "$here/bench_events" "$@"; }
stream() { python3 "$top_srcdir/tests/agent/stream.py" "$port" "$@"; }
number() { awk -v f="$2" "BEGIN { printf \"%.${3:-0}f\", $1 * f }"; } # value, factor
quotient() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
at() { sort -n "$2" | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.999999); print v[i < 1 ? 1 : i] }'; }
verdict() { awk -v g="$1" -v o="$2" -v l="$3" -v bad="$4" 'BEGIN { print ((o == "least") ? g >= l : g <= l) ? "ok" : bad }'; }

row() { # name, value, unit, least or most, limit, what it is called otherwise
  printf '%-62s %9s %-8s (at %s %s)  %s\n' "$1" "$2" "$3" "$4" "$5" "$(verdict "$2" "$4" "$5" "$6")"
}
for_scale() { printf '%-62s %9s %-8s (for scale)\n' "$1" "$2" "$3"; }

make_host() {
  end "$journal"
  umount "$root/run" 2>/dev/null || true
  rm -rf "$root"
  mkdir -p "$root"/etc/breakglass/sinks.d "$root"/var/lib/breakglass "$root"/run
  chmod 755 "$root"
  mount -t tmpfs -o mode=0755,size=256m tmpfs "$root/run"
  mkdir "$root"/run/breakglass
  mkdir -m 700 "$root"/var/lib/breakglass/{events,boots,sinks}
  printf '[host]\nid = web-1\n[token]\nsignatures = issuer:1+approver:1\n[taint]\nsinks = journal nats\n' \
    >"$root/etc/breakglass/gate.conf"
  printf '[nats]\nurl = nats://127.0.0.1:%s\n[spool]\nlimit =\n' "$port" >"$root/etc/breakglass/agent.conf"
  "$here/bench_events" journal "$root/run/journal" &
  journal=$!
  until [ -S "$root/run/journal" ]; do sleep 0.01; done
}

start_server() { # with its files on the same disk
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  printf '%s\n' 'host: 127.0.0.1' "port: $port" "jetstream { store_dir: \"$work/jetstream\" }" >"$work/nats.conf"
  nats-server -c "$work/nats.conf" >"$work/nats.log" 2>&1 &
  server=$!
  for _ in {1..200}; do
    ! (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    sleep 0.05
  done
  stream create EVENTS 'breakglass.events.>' '{"storage": "file"}' >/dev/null
  stream create BARE 'bare.>' '{"storage": "file"}' >/dev/null
}

start_agent() {
  "$agent" run 2>>"$work/said" &
  service=$!
  until [ -e "$root/run/breakglass/agent" ]; do sleep 0.01; done
}

stop_agent() {
  end "$service"
  service=''
}

worker() { # the pid of what speaks to NATS
  pgrep -P "$service" -f breakglass-nats | head -1
}
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # of the processor: 10 ms
us_each() { awk -v t="$1" -v n="$2" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.0f", t / hz * 1e6 / n }'; }
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

event_size() { wc -c <"$root/var/lib/breakglass/events/0000000001.json"; }

# unserved FILE: how much of the time of its slowest hundredth others had the processors; threads that wait at once count
# each.
unserved() {
  sort -rn "$1" | awk -v n="$each" 'NR <= (n + 99) / 100 { t += $1; w += $2 } END { printf "%.0f", w / t * 100 }'
}

# One after the other, and the same bytes bare between the turns.
measure_delivery() {
  local turn best='' value
  make_host
  bench spool 1 && "$top_builddir/tests/lib/breakglass" boot
  start_agent
  bench last 1
  for turn in $(seq "$turns"); do
    bench record "$each" "$pause" "$service" "$(worker)" "$server" >"$work/delivery.$turn"
    "$here/bench_nats" one "$port" bare.one "$each" "$(tr -d '\0\n' <"$root/var/lib/breakglass/events/0000000001.json" | wc -c)" \
      >>"$work/bare"
    value=$(at 99 "$work/delivery.$turn")
    if [ -z "$best" ] || [ "$value" -lt "$(at 99 "$best")" ]; then best=$work/delivery.$turn; fi
  done
  row 'event on disk to acknowledged by NATS, median' "$(quotient "$(at 50 "$best")" 1000)" ms most 5 'TOO SLOW'
  row 'the same, 99th percentile' "$(quotient "$(at 99 "$best")" 1000)" ms most 25 'TOO SLOW'
  for_scale 'the same, longest' "$(quotient "$(at 100 "$best")" 1000)" ms
  for_scale 'the slowest 1 %: threads were ready to run and did not, for' "$(unserved "$best")" %
  for_scale 'bare: published and acknowledged, median' "$(quotient "$(at 50 "$work/bare")" 1000)" ms
  for_scale 'bare: the same, 99th percentile' "$(quotient "$(at 99 "$work/bare")" 1000)" ms
  for_scale 'median, to bare' "$(quotient "$(at 50 "$best")" "$(at 50 "$work/bare")")" times
  for_scale '99th percentile, to bare' "$(quotient "$(at 99 "$best")" "$(at 99 "$work/bare")")" times
  for_scale 'resident memory meanwhile, the agent' "$(quotient "$(memory "$service")" 1024)" MiB
  for_scale "resident memory meanwhile, NATS' worker" "$(quotient "$(memory "$(worker)")" 1024)" MiB
  stop_agent
}

measure_drain() {
  local begin us rate top=0 bare=0 agent_us worker_us cost='' turn
  for turn in $(seq "$turns"); do
    make_host
    bench spool "$events" && "$top_builddir/tests/lib/breakglass" boot
    begin=$(date +%s%N)
    start_agent
    bench last "$events"
    us=$((($(date +%s%N) - begin) / 1000))
    rate=$(awk -v n="$events" -v us="$us" 'BEGIN { printf "%.0f", n / us * 1e6 }')
    if [ "$rate" -gt "$top" ]; then
      top=$rate
      cost="$(us_each "$(ticks "$service")" "$events") $(us_each "$(ticks "$(worker)")" "$events")"
    fi
    stop_agent
    rate=$("$here/bench_nats" many "$port" bare.many "$events" "$(wc -c <"$root/var/lib/breakglass/events/0000000002.json")")
    [ "$rate" -le "$bare" ] || bare=$rate
  done
  read -r agent_us worker_us <<<"$cost"
  row "$events events that waited, delivered" "$top" 'a second' least 5000 'TOO SLOW'
  for_scale 'bare: published and acknowledged, many at once' "$bare" 'a second'
  for_scale 'bare, to delivered' "$(quotient "$bare" "$top")" times
  for_scale "the agent's processor time an event, for NATS and the journal" "$agent_us" us
  for_scale "the worker's processor time an event" "$worker_us" us
}

measure_start() {
  make_host
  bench spool 1 && "$top_builddir/tests/lib/breakglass" boot
  bench ready "$starts" "$agent" run >"$work/starts" 2>>"$work/said"
  bench ready "$starts" "$(command -v systemd-notify || echo /bin/false)" --ready >"$work/bare-starts" 2>/dev/null || true
  row 'start to ready, median' "$(quotient "$(at 50 "$work/starts")" 1000)" ms most 50 'TOO SLOW'
  for_scale 'the same, longest' "$(quotient "$(at 100 "$work/starts")" 1000)" ms
  if [ -s "$work/bare-starts" ]; then
    for_scale 'bare: systemd-notify --ready, median' "$(quotient "$(at 50 "$work/bare-starts")" 1000)" ms
    for_scale 'start, to bare' "$(quotient "$(at 50 "$work/starts")" "$(at 50 "$work/bare-starts")")" times
  fi
}

# After an event, so that the worker was there, and has gone to rest.
measure_idle() {
  local wakes beats resident spent
  read -r wakes beats resident spent < <(bench idle 30 "$seconds" "$agent" run 2>>"$work/said")
  row "idle for $seconds s: wake-ups beyond the watchdog's" "$((wakes - beats))" '' most 0 'TOO MANY'
  for_scale "the watchdog's meanwhile" "$beats" ''
  row 'idle: resident memory of the agent' "$(quotient "$resident" 1024)" MiB most 6 'TOO MUCH'
  row 'idle: processor time' "$(awk -v ms="$spent" -v s="$seconds" 'BEGIN { printf "%.4f", ms / s / 10 }')" % most 0.05 'TOO MUCH'
}

printf '%d processors, load before %s\n\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
start_server
measure_start
measure_idle
measure_delivery
measure_drain
[ ! -s "$work/said" ] || { echo 'the agent said:' && sort "$work/said" | uniq -c | head; }
printf '\nload after: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
