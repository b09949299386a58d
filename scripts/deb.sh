#!/usr/bin/env bash
# deb.sh: builds the program and, from it, the Debian package .build/gibbon/gibbon_VERSION_ARCH.deb. The last line of
# its output is the package's path.
#
# KONG_BINARY packs a program that is built already. VERSION is the package's version; else it is made of the version of
# Kong that the program stands in for and the time of the last commit. The same commit gives the same package.
set -euo pipefail
source "$(dirname "$0")/common.sh"
binary=${KONG_BINARY:-}
forget_settings

stage=$(mktemp -d /tmp/gibbon-deb.XXXXXX)
trap 'rm -rf "$stage"' EXIT
tree=$stage/tree

# Puts a file of packaging/ into the tree: MODE SOURCE TARGET
put() { install -D -m "$1" "$root/packaging/$2" "$tree/$3"; }

put_compressed() { gzip -9n <"$1" | install -D -m 644 /dev/stdin "$tree/$2"; }

fill_tree() {
    install -D -m 755 "$program" "$tree/usr/local/bin/kong"
    strip --strip-unneeded "$tree/usr/local/bin/kong"
    "$program" docs kong.conf | install -D -m 644 /dev/stdin "$tree/etc/kong/kong.conf.default"
    put 644 systemd/kong.service lib/systemd/system/kong.service
    put 644 systemd/kong-hardened.service lib/systemd/system/kong-hardened.service
    put 644 logrotate/kong etc/logrotate.d/kong
    put 644 completions/kong.bash usr/share/bash-completion/completions/kong
    put 644 completions/_kong usr/share/zsh/vendor-completions/_kong
    put 644 completions/kong.fish usr/share/fish/vendor_completions.d/kong.fish
    put 644 grafana/dashboard.json usr/share/gibbon/grafana/dashboard.json
    put 644 grafana/provisioning.yml usr/share/gibbon/grafana/provisioning.yml
    put 644 grafana/datasource.yml usr/share/gibbon/grafana/datasource.yml
    put 644 debian/lintian-overrides usr/share/lintian/overrides/gibbon
    put 644 debian/copyright usr/share/doc/gibbon/copyright
    put_compressed "$root/packaging/man/kong.1" usr/share/man/man1/kong.1.gz
    "$program" docs man >"$stage/kong.conf.5"
    put_compressed "$stage/kong.conf.5" usr/share/man/man5/kong.conf.5.gz
    debian_changelog >"$stage/changelog"
    put_compressed "$stage/changelog" usr/share/doc/gibbon/changelog.gz
}

debian_changelog() {
    cat <<END
gibbon ($version) unstable; urgency=medium

  * The project's CHANGELOG.md says what users notice.

 -- $maintainer  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
}

# The packages that hold the libraries of the program, in the versions that it needs.
dependencies() {
    mkdir -p "$stage/debian"
    printf 'Source: gibbon\n\nPackage: gibbon\nArchitecture: any\n' >"$stage/debian/control"
    (cd "$stage" && dpkg-shlibdeps -O "$tree/usr/local/bin/kong" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

control() {
    cat <<END
Package: gibbon
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --apparent-size "$tree" | cut -f1)
Depends: $(dependencies)
Suggests: postgresql, prometheus, logrotate
Provides: kong
Conflicts: kong, kong-community-edition, kong-enterprise-edition
Section: net
Priority: optional
Description: API gateway that takes the place of a Kong 1.1.2 node
 The same command, settings, Admin API and PostgreSQL tables as Kong 1.1.2, in a
 small master process and one worker, without Lua and nginx. A single node needs
 no database server: its configuration lies in one SQLite file.
 .
 A change of the configuration never holds up a request, and an upgrade of this
 package drops no connection.
END
}

add_control() {
    install -d -m 755 "$tree/DEBIAN"
    control >"$tree/DEBIAN/control"
    install -m 644 "$root/packaging/debian/conffiles" "$tree/DEBIAN/conffiles"
    install -m 755 "$root"/packaging/debian/{postinst,prerm,postrm} "$tree/DEBIAN/"
    (cd "$tree" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$stage/md5sums"
    install -m 644 "$stage/md5sums" "$tree/DEBIAN/md5sums"
}

last_commit() {
    git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md"
}

"$root/scripts/packages.sh" build package
program=${binary:-$kong}
[[ -n $binary ]] || "$root/scripts/build.sh"

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(last_commit)}
export SOURCE_DATE_EPOCH
version=${VERSION:-$("$program" version)+$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S)}
architecture=$(dpkg --print-architecture)
maintainer=${MAINTAINER:-Gibbon <gibbon@localhost>}
package=$work/gibbon_${version}_$architecture.deb

say "packing gibbon $version"
mkdir -p "$tree" "$work"
fill_tree
add_control
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z4 --build "$tree" "$package" >/dev/null
say "$(du -h "$package" | cut -f1)"
printf '%s\n' "$package"
