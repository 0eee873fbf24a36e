#!/bin/sh
# Installs `./longshore up` of this checkout as a service: systemd on Linux, launchd on macOS.
# Exit codes: 0 done, 1 the service manager refused, 2 bad input or surroundings.
set -u

usage() {
  cat <<TEXT
usage: install.sh [--user NAME] [--home DIRECTORY] [--worker-id ID] [--no-start]
       install.sh --uninstall
       install.sh --print [--user NAME] [--home DIRECTORY] [--worker-id ID]

  --user       who the service runs as; default: who calls sudo, or you
  --home       LONGSHORE_HOME, where data, logs and credentials go; default: /var/lib/longshore
               on Linux, /usr/local/var/longshore on macOS
  --worker-id  unique among the live nodes; default: this machine's name
  --no-start   put the file in place only
  --uninstall  stop and remove the service; the home stays
  --print      write the filled-in file to standard output and change nothing
TEXT
}

fail() {
  echo "install.sh: $*" >&2
  exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || fail "its own directory cannot be read."
checkout=$(CDPATH='' cd -- "$here/../.." && pwd -P)
system=$(uname -s)
user=${SUDO_USER:-$(id -un)}
worker=$(uname -n | cut -d. -f1)
start=true
action=install

case $system in
  Linux) home=/var/lib/longshore template=$here/longshore.service target=/etc/systemd/system/longshore.service ;;
  Darwin) home=/usr/local/var/longshore template=$here/dev.longshore.plist target=/Library/LaunchDaemons/dev.longshore.plist ;;
  *) fail "$system has neither systemd nor launchd: run '$checkout/longshore up' by what it has." ;;
esac

while [ $# -gt 0 ]; do
  case $1 in
    --user | --home | --worker-id)
      [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value."
      case $1 in
        --user) user=$2 ;;
        --home) home=$2 ;;
        --worker-id) worker=$2 ;;
      esac
      shift
      ;;
    --no-start) start=false ;;
    --uninstall) action=uninstall ;;
    --print) action=print ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; fail "'$1' is not known." ;;
  esac
  shift
done

# What goes into a unit, a plist and a sed command must need no quoting in any of them.
plain() {
  case $2 in
    *[!A-Za-z0-9._/@+-]*) fail "$1 is '$2': only letters, digits and . _ / @ + - can be used in a service." ;;
  esac
}
plain "--user" "$user"
plain "--home" "$home"
plain "--worker-id" "$worker"
plain "the checkout's directory" "$checkout"
case $home in /*) ;; *) fail "--home is '$home' and must begin with a slash." ;; esac

filled() {
  sed -e "s|@USER@|$user|g" -e "s|@HOME@|$home|g" -e "s|@WORKER@|$worker|g" \
    -e "s|@CHECKOUT@|$checkout|g" "$template"
}

if [ "$action" = print ]; then
  filled
  exit 0
fi

[ "$(id -u)" = 0 ] || fail "services of the machine are root's: call it by sudo. Nothing was changed."
if [ "$system" = Linux ]; then
  [ -d /run/systemd/system ] || fail "systemd does not run on this machine: nothing was changed."
fi

if [ "$action" = uninstall ]; then
  if [ "$system" = Linux ]; then
    systemctl disable --now longshore.service
    rm -f "$target"
    systemctl daemon-reload
  else
    launchctl bootout system/dev.longshore
    rm -f "$target"
  fi
  echo "The service is removed; its data stays."
  exit 0
fi

id "$user" >/dev/null 2>&1 || fail "there is no user '$user': make one, or name another by --user. Nothing was changed."
group=$(id -gn "$user")
mkdir -p "$home/logs" && chown "$user:$group" "$home" "$home/logs" && chmod 700 "$home" ||
  fail "$home could not be made for $user."
filled >"$target.new" && chmod 644 "$target.new" && mv "$target.new" "$target" ||
  fail "$target could not be written."
echo "$target runs $checkout/longshore as $user, worker $worker, home $home."

if [ "$start" = true ]; then
  if [ "$system" = Linux ]; then
    systemctl daemon-reload && systemctl enable longshore.service && systemctl restart longshore.service || exit 1
    echo "Started. See: systemctl status longshore, journalctl -u longshore"
  else
    launchctl bootout system/dev.longshore 2>/dev/null
    launchctl bootstrap system "$target" || exit 1
    echo "Started. See: launchctl print system/dev.longshore, $home/logs/launcher.log"
  fi
fi
