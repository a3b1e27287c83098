# shellcheck shell=dash
# What the first process of the initramfs and that of the root file system
# share: options, messages, the handoff, and the end of a run.
#
# SPDX-License-Identifier: GPL-2.0-or-later

export PATH=/sbin:/bin

handoff_file=/run/handoff
options_file=/run/options
link_deadline=20        # seconds
fw_cfg=/sys/firmware/qemu_fw_cfg/by_name/opt/org.ncsim/options/raw

# Progress, as lines of the kernel's log: they never cut another line.
note() {
    echo "<5>ncsim: $*" >/dev/kmsg
}

# Lines that programs read are printed with the kernel's console silent.
silence_kernel() {
    dmesg -n 1
}

# Command line of the kernel, then QEMU's -fw_cfg opt/org.ncsim/options.
read_options() {
    cat /proc/cmdline >"$options_file"
    modprobe -q qemu_fw_cfg || true
    if [ -r "$fw_cfg" ]; then
        cat "$fw_cfg" >>"$options_file"
    fi
}

# options PREFIX: of all the options that begin so, what follows, a line each.
options() {
    tr ' ' '\n' <"$options_file" | sed -n "s/^$1//p"
}

# option NAME: the value of the last NAME=VALUE; nothing when there is none.
option() {
    options "$1=" | tail -n 1
}

# handoff NAME: a value that the boot ROM handed over.
handoff() {
    sed -n "s/^$1=//p" "$handoff_file" | tail -n 1
}

# Ends the run as ncsim.end= says: poweroff (default), reboot or shell.
finish() {
    sync
    case $(option ncsim.end) in
    shell)
        echo "ncsim: a shell; 'exit' powers off"
        setsid cttyhack sh
        ;;
    reboot)
        reboot -f
        ;;
    esac
    poweroff -f
    exit 1
}

# fail WHAT...: names what is missing, and ends the run.
fail() {
    silence_kernel
    echo "ncsim:fail $*"
    finish
}

# uptime: whole seconds since the kernel began.
uptime() {
    local seconds

    read -r seconds _ </proc/uptime
    echo "${seconds%.*}"
}

# wait_carrier INTERFACE 0|1: until it is so; fails when it does not come.
# There is no event for it in so small a system.
wait_carrier() {
    local tenths=0

    until [ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = "$2" ]; do
        tenths=$((tenths + 1))
        [ "$tenths" -lt $((link_deadline * 10)) ] || return 1
        usleep 100000
    done
}

# wait_link INTERFACE
wait_link() {
    wait_carrier "$1" 1 || fail "$1 has no link after $link_deadline s"
}
