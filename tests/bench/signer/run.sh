#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The signing service under load, and the limits that it has to keep. Load and service share the
# machine; what others do on it in the meantime counts, too: see the load that is printed.
# $here: the build's tests/bench/signer; $signer: the program.
set -euo pipefail
: "${here:?run by make bench-signer}" "${signer:?}"
issues=${BENCH_ISSUES:-100000} # of the run that looks for growth
each=${BENCH_EACH:-20000}      # of every other run
turns=${BENCH_TURNS:-3}        # the best of them counts: others only ever slow it down
work=$(mktemp -d /var/tmp/bg-bench-XXXXXX) # on a disk, and short enough for a socket's path
service='' server='' idle=''
export LC_ALL=C

end() { # PID
  [ -z "$1" ] || { kill "$1" && wait "$1"; } 2>/dev/null || true
}
clean_up() {
  end "$idle"
  end "$service"
  end "$server"
  rm -rf "$work"
}
trap clean_up EXIT

make_folder() {
  local key
  chmod 0711 "$work" # the database server's folder lies in it
  for key in issuer ca alice; do
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/$key"
  done
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$work/tls-key.pem" -out "$work/tls.pem" 2>/dev/null
  chmod 0600 "$work/tls-key.pem"
  printf 'alice@example.com namespaces="breakglass-requester" %s\nsigner.bench namespaces="breakglass-issuer" %s\n' \
    "$(cut -d' ' -f1,2 "$work/alice.pub")" "$(cut -d' ' -f1,2 "$work/issuer.pub")" >"$work/trusted_signers"
  printf '{"for":"ssh","hosts":["web-1"],"login":"deploy","reason":"INC-4711 disk is full","window":600,"max":3600,"holder":"%s"}' \
    "$(cut -d' ' -f1,2 "$work/alice.pub")" >"$work/body"
}

write_conf() { # the ledger
  cat >"$work/signer.conf" <<-CONF
	[signer]
	name = signer.bench
	listen = 127.0.0.1:0
	certificate = $work/tls.pem
	key = $work/tls-key.pem
	trusted_signers = $work/trusted_signers
	ledger = $1
	issuer_key = file:$work/issuer
	ca_key = file:$work/ca
	[people]
	sre = alice@example.com
	[hosts]
	web = web-1 web-2
	[rule web]
	hosts = group:web
	logins = deploy
	requesters = sre
	for = ssh
	approvals = none
	longest_window = 10m
	longest_session = 1h
	reason = ^INC-[0-9]+
	CONF
}

start() { # PROGRAM LEDGER; sets service and port
  write_conf "$2"
  : >"$work/log" # not the port of the one before
  "$1" serve --config "$work/signer.conf" 2>"$work/log" &
  service=$!
  port=''
  for _ in {1..200}; do
    port=$(sed -n 's/.*serving, port //p' "$work/log")
    [ -z "$port" ] || return 0
    kill -0 "$service" 2>/dev/null || break
    sleep 0.05
  done
  cat "$work/log" >&2
  exit 1
}

stop() {
  end "$service"
  service=''
}

start_sqlite() { # PROGRAM: with a new ledger
  rm -f "$work"/ledger.db*
  start "$1" "sqlite:$work/ledger.db"
}

ticks() { awk '{ print $14 + $15 }' "/proc/$service/stat"; } # of the processor: 10 ms
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$service/status"; }

# issue CONNECTIONS COUNT: sets rate, median, p99, most (microseconds), and the processor time an
# issue takes of the service (cost) and of the load.
issue() {
  local before
  before=$(ticks)
  read -r rate median p99 most load < <("$here/bench_load" issue "$port" "$work/alice" "$work/body" "$1" "$2")
  cost=$(awk -v t=$(($(ticks) - before)) -v n="$2" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.0f", t / hz * 1e6 / n }')
}

# best PROGRAM-OR-EMPTY CONNECTIONS COUNT: the fastest of several runs; empty: of the running service.
best() {
  local turn top=0 values=''
  for turn in $(seq "$turns"); do
    [ -z "$1" ] || start_sqlite "$1"
    issue "$2" "$3"
    [ -z "$1" ] || stop
    if [ "$rate" -gt "$top" ]; then
      top=$rate values="$median $p99 $most $cost $load"
    fi
  done
  rate=$top
  read -r median p99 most cost load <<<"$values"
}

quotient() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
verdict() { awk -v g="$1" -v o="$2" -v l="$3" -v bad="$4" 'BEGIN { print ((o == "least") ? g >= l : g <= l) ? "ok" : bad }'; }

row() { # name, value, unit, least or most, limit, what it is called otherwise
  printf '%-62s %9s %-8s (at %s %s)  %s\n' "$1" "$2" "$3" "$4" "$5" "$(verdict "$2" "$4" "$5" "$6")"
}
for_scale() { printf '%-62s %9s %-8s (for scale)\n' "$1" "$2" "$3"; }

as_nobody() { # PostgreSQL refuses to be root
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"
  fi
  exec "$@"
}

measure_sqlite() {
  local many
  best "$signer" 16 "$each"
  many=$rate
  row 'SQLite, 16 clients' "$rate" 'a second' least 5000 'TOO SLOW'
  row 'the same, 99th percentile of the answers' "$(quotient "$p99" 1000)" ms most 20 'TOO SLOW'
  for_scale 'the same, median' "$(quotient "$median" 1000)" ms
  for_scale 'the same, longest' "$(quotient "$most" 1000)" ms
  for_scale "the same, the service's processor time an issue" "$cost" us
  for_scale "the same, the load's processor time an issue" "$load" us
  for_scale 'what so many processors have time for, at that' \
    "$(awk -v c="$cost" -v l="$load" -v n="$(nproc)" 'BEGIN { printf "%.0f", n * 1e6 / (c + l) }')" 'a second'
  compare_with_floor "$many" "$cost"
  best "$here/breakglass-signer-single" 16 $((each / 4))
  for_scale 'the same, one commit an issue' "$rate" 'a second'
  row 'group commit, to one commit an issue' "$(quotient "$many" "$rate")" times least 4 'TOO LITTLE'
  best "$signer" 1 $((each / 4))
  for_scale 'SQLite, 1 client' "$rate" 'a second'
  for_scale 'the same, median' "$(quotient "$median" 1000)" ms
}

compare_with_floor() { # issues a second, the service's processor time
  local verify sign commit bare
  read -r verify sign commit < <("$here/bench_floor" "$work" 16 4096)
  rm -f "$work"/floor.db*
  bare=$(awk -v v="$verify" -v s="$sign" -v c="$commit" 'BEGIN { printf "%.0f", v + s + c }')
  for_scale 'bare, one processor: verify one signature' "$verify" us
  for_scale 'bare: sign two' "$sign" us
  for_scale 'bare: a 16th of a commit of 16 issues' "$commit" us
  for_scale 'time an issue, of all clients, to the bare operations' \
    "$(awk -v r="$1" -v b="$bare" 'BEGIN { printf "%.2f", 1e6 / r / b }')" times
  for_scale "the service's processor time, to verifying and signing" \
    "$(awk -v c="$2" -v v="$verify" -v s="$sign" 'BEGIN { printf "%.2f", c / (v + s) }')" times
}

measure_idle() {
  local ready before
  start_sqlite "$signer"
  before=$(memory)
  coproc IDLE { exec "$here/bench_load" idle "$port" 1000; }
  idle=$IDLE_PID
  read -r ready <&"${IDLE[0]}"
  [ "$ready" = ready ]
  row 'resident memory of a new service, 1,000 idle TLS connections' "$(quotient "$(memory)" 1024)" MiB most 32 'TOO MUCH'
  for_scale 'the same without connections' "$(quotient "$before" 1024)" MiB
  end "$idle"
  idle=''
  stop
}

# The ledger's page cache fills up first: growth is counted once it has.
measure_growth() {
  local early
  start_sqlite "$signer"
  issue 16 $((issues / 10))
  early=$(memory)
  issue 16 "$issues"
  row "growth over $issues issues" "$(($(memory) - early))" KiB most 1024 'TOO MUCH'
  for_scale 'resident memory then' "$(quotient "$(memory)" 1024)" MiB
  for_scale 'issues meanwhile' "$rate" 'a second'
  for_scale 'the same, 99th percentile' "$(quotient "$p99" 1000)" ms
  stop
}

start_database() { # durable as it is by default; ended by its pid
  local programs
  programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -x "$programs/initdb" ] || return 1
  mkdir "$work/pg"
  [ "$(id -u)" != 0 ] || chown nobody "$work/pg"
  (as_nobody "$programs/initdb" --auth=trust --username=ledger --encoding=UTF8 --no-locale -D "$work/pg/data") \
    >"$work/pg.log" 2>&1
  (cd "$work/pg" && as_nobody "$programs/postgres" -D "$work/pg/data" -k "$work/pg" -h '') >>"$work/pg.log" 2>&1 &
  server=$!
  for _ in {1..200}; do
    ! "$programs/pg_isready" -q -h "$work/pg" || break
    sleep 0.1
  done
}

measure_postgres() {
  if ! start_database; then
    echo 'PostgreSQL: no server in /usr/lib/postgresql, not measured'
    return
  fi
  start "$signer" "postgres:host=$work/pg user=ledger dbname=postgres"
  best '' 16 $((each / 2))
  row 'PostgreSQL, 16 clients' "$rate" 'a second' least 2000 'TOO SLOW'
  for_scale 'the same, 99th percentile of the answers' "$(quotient "$p99" 1000)" ms
  for_scale "the same, the service's processor time an issue" "$cost" us
  stop
  end "$server"
  server=''
}

make_folder
printf '%d processors, load before %s\n\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
measure_sqlite
measure_postgres
measure_idle
measure_growth
printf '\nload after: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
