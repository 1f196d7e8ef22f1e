#!/bin/sh
# Runs a command with a file system of its own, for a program that insists on paths like /etc/nginx: the machine's
# programs and devices, the given folder `files` in the place of the rest, and what it writes in memory. It needs a mount
# namespace of its own, and changes nothing of the machine.
#
#     enter.sh ROOT FILES SHARED COMMAND ARGUMENT...
#
# ROOT is an empty folder. FILES has etc/ and debian/. SHARED is a folder that is at the same path inside, and so is COMMAND.
set -eu
root=$1 files=$2 shared=$3 command=$4

mount -t tmpfs tmpfs "$root"
for entry in /usr /bin /sbin /lib /lib32 /lib64 /sys /dev; do
  if [ -L "$entry" ]; then
    cp -P "$entry" "$root$entry"
  elif [ -d "$entry" ]; then
    mkdir "$root$entry"
    mount --rbind "$entry" "$root$entry"
  fi
done

# Its own processes alone, where that may be: a container may hide parts of /proc, which forbids a new one.
mkdir "$root/proc"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"

mkdir -p "$root/opt/nginx" "$root$shared" "$root/var/log/nginx" "$root/var/lib/nginx" "$root/tmp/nginx"
mount --bind "$files/debian" "$root/opt/nginx"
mount --bind "$shared" "$root$shared"
mkdir -p "$root${command%/*}"
touch "$root$command"
mount --bind "$command" "$root$command"
cp -R "$files/etc" "$root/etc"
mkdir -p "$root/etc/ingress-controller/telemetry"
echo 'root:x:0:0::/:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"

shift 3
cd "$root"
exec chroot "$root" "$@"
