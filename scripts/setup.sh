#!/usr/bin/env bash
# Installs the Debian packages of scripts/packages.txt that are missing, and nothing else.
#
#   scripts/setup.sh [SECTION...]      sections: build, test, real-programs (default: all)
#
# Works on a fresh Debian 12 with nothing but bash. Servers that come with a package are
# installed, never started.
set -euo pipefail
cd "$(dirname "$0")"

readonly policy=/usr/sbin/policy-rc.d

fail() {
    echo "setup.sh: $*" >&2
    exit 1
}

# Package names of the sections given, one a line.
packages_of() {
    local line section='' wanted=" $* "
    while IFS= read -r line; do
        case $line in
        '' | '#'*) ;;
        '['*']') section=${line//[\[\]]/} ;;
        *) if [[ $wanted == *" $section "* ]]; then echo "$line"; fi ;;
        esac
    done <packages.txt
}

is_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

# Debian asks this file before it starts a service; 101 forbids. One that is there already stays.
forbid_service_starts() {
    if [[ -e $policy ]]; then
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    trap 'as_root rm -f "$policy"' EXIT
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

main() {
    local section package missing=()
    if (($# == 0)); then
        set -- build test real-programs
    fi
    for section in "$@"; do
        grep -qxF "[$section]" packages.txt || fail "no section '$section' in scripts/packages.txt"
    done
    command -v dpkg-query >/dev/null || fail "this is not Debian; install by hand what" \
        "scripts/packages.txt lists, then run the cmake commands of CONTRIBUTING.md"
    for package in $(packages_of "$@"); do
        is_installed "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        fail "run as root: apt-get install ${missing[*]}"
    fi
    echo "Installing ${missing[*]}"
    forbid_service_starts
    # A fresh or old machine has no package lists, or stale ones: fetch them only then.
    if ! apt_install "${missing[@]}" >/dev/null 2>&1; then
        as_root apt-get update -qq || fail "apt-get update failed: see the lines above"
        apt_install "${missing[@]}" || fail "apt-get could not install: ${missing[*]}"
    fi
}

main "$@"
