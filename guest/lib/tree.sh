# shellcheck shell=bash
# Fills folders that become file systems of the guest, from unpacked packages.
#
# SPDX-License-Identifier: GPL-2.0-or-later

guest_libraries=lib/x86_64-linux-gnu
guest_interpreter=ld-linux-x86-64.so.2

# find_in PACKAGES NAME: the file NAME in a usual folder of the unpacked tree.
find_in() {
    local folder

    for folder in bin sbin usr/bin usr/sbin "$guest_libraries" \
        "usr/$guest_libraries" usr/lib; do
        if [ -e "$1/$folder/$2" ]; then
            echo "$1/$folder/$2"
            return
        fi
    done
    die "the unpacked packages hold no $2; is a package missing from" \
        "NCSIM_GUEST in scripts/sources.conf?"
}

# sonames FILE: the shared libraries that an ELF file asks for, a line each.
sonames() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# add_library PACKAGES TREE NAME: a library and those it needs, once.
add_library() {
    local packages=$1 tree=$2 name=$3 file needed

    [ ! -e "$tree/$guest_libraries/$name" ] || return 0
    file=$(find_in "$packages" "$name")
    install -D -m 755 "$file" "$tree/$guest_libraries/$name"
    for needed in $(sonames "$file"); do
        add_library "$packages" "$tree" "$needed"
    done
}

# add_program PACKAGES TREE NAME...: programs, with what they are linked to.
add_program() {
    local packages=$1 tree=$2 name file needed

    shift 2
    add_library "$packages" "$tree" "$guest_interpreter"
    mkdir -p "$tree/lib64"
    mv "$tree/$guest_libraries/$guest_interpreter" "$tree/lib64/"
    ln -s "/lib64/$guest_interpreter" \
        "$tree/$guest_libraries/$guest_interpreter"
    for name in "$@"; do
        file=$(find_in "$packages" "$name")
        install -D -m 755 "$file" "$tree/sbin/$name"
        for needed in $(sonames "$file"); do
            add_library "$packages" "$tree" "$needed"
        done
    done
}
